using System.Text;
using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>Closed hours are judged by their manifests: each kind of damage is found and named, and nothing else.</summary>
public sealed class ClosedHourAuditTests : IDisposable
{
    private AuditedLake World { get; } = new();

    public void Dispose() => World.Dispose();

    [Fact]
    public async Task A_lake_alone_proves_that_nothing_is_missing()
    {
        var (first, second) = await FillTwoHoursAsync();
        var report = await World.AuditLakeAsync();

        Assert.Empty(report.Findings);
        Assert.Equal((5, 8, 3, 0, 0), (report.Objects, report.GoodEvents, report.QuarantinedEvents, report.PendingEvents, report.NotJudged));
        Assert.Equal(new HourSpan(first, second), report.ByManifests);
    }

    [Fact]
    public async Task A_missing_object_is_named()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        await World.Objects.DeleteAsync(key);
        await ExpectAsync($"missing: {key} with 4 events is not in the lake");
    }

    [Fact]
    public async Task A_truncated_object_is_named()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        var bytes = await World.Objects.ReadAsync(key);
        await World.Objects.WriteAsync(key, bytes[..^7]);
        await ExpectAsync($"altered: {key} has {bytes.Length - 7} bytes, shipped were {bytes.Length}");
    }

    [Fact]
    public async Task One_flipped_bit_is_named_though_every_reader_reads_the_same_lines()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Quarantine);
        var bytes = await World.Objects.ReadAsync(key);
        // Byte 4 is the time in the gzip header.
        bytes[4] ^= 1;
        await World.Objects.WriteAsync(key, bytes);
        await ExpectAsync($"altered: {key} has SHA-256");
    }

    [Fact]
    public async Task An_extra_object_is_named()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        var extra = key.Replace("0001.json.gz", "0009.json.gz", StringComparison.Ordinal);
        await World.Objects.WriteAsync(extra, await World.Objects.ReadAsync(key));
        await ExpectAsync($"doubled: {extra} is in the lake, but the manifest of its hour does not name it");
    }

    [Fact]
    public async Task An_extra_object_of_a_source_that_sent_nothing_in_that_hour_is_named()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        var extra = key.Replace("shop", "ghost", StringComparison.Ordinal);
        await World.Objects.WriteAsync(extra, await World.Objects.ReadAsync(key));
        await ExpectAsync($"doubled: {extra} is in the lake");
    }

    [Fact]
    public async Task A_copy_under_another_name_is_named()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        var copy = key[..(key.LastIndexOf('/') + 1)] + "copy.json.gz";
        await World.Objects.WriteAsync(copy, await World.Objects.ReadAsync(key));
        await ExpectAsync($"doubled: {copy} is none of this system's objects");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    public async Task A_doubled_event_is_named_with_both_objects(int idsMax)
    {
        var first = await World.ShipAsync("shop", LakeStream.Good, "a", "b");
        await World.CloseHourAsync();
        var second = await World.ShipAsync("shop", LakeStream.Good, "c", "a");
        await World.CloseHourAsync();
        var report = await World.AuditAsync(AuditedLake.Everything, null, idsMax);
        var finding = Assert.Single(report.Findings);
        Assert.StartsWith("doubled: an event_id", finding, StringComparison.Ordinal);
        Assert.EndsWith($"stands in {first} and in {second}", finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_event_replayed_out_of_the_quarantine_is_no_double()
    {
        await World.ShipAsync("shop", LakeStream.Quarantine, "a", "b");
        await World.CloseHourAsync();
        await World.ShipAsync("shop", LakeStream.Good, "a");
        await World.CloseHourAsync();
        Assert.Empty((await World.AuditLakeAsync()).Findings);

        var again = await World.ShipAsync("shop", LakeStream.Quarantine, "b");
        await World.CloseHourAsync();
        await ExpectAsync($"and in {again}");
    }

    [Fact]
    public async Task A_missing_manifest_is_named()
    {
        var (first, _) = await FillTwoHoursAsync();
        var key = LakeLayout.ManifestKey(first, World.Journal.Id, "blog");
        await World.Objects.DeleteAsync(key);
        await ExpectAsync($"missing: {key} with 1 objects is not in the lake");
    }

    [Fact]
    public async Task A_missing_index_between_others_is_named()
    {
        var (first, second) = await FillTwoHoursAsync();
        await World.ShipAsync("shop", LakeStream.Good, "later");
        await World.CloseHourAsync();
        var key = LakeLayout.IndexKey(second, World.Journal.Id);
        await World.Objects.DeleteAsync(key);
        await ExpectAsync($"missing: {key} is not in the lake");
        Assert.True(first < second);
    }

    [Fact]
    public async Task An_altered_manifest_is_named()
    {
        var (first, _) = await FillTwoHoursAsync();
        var key = LakeLayout.ManifestKey(first, World.Journal.Id, "shop");
        await ReplaceAsync(key, "\"duplicates\": 2", "\"duplicates\": 3");
        await ExpectAsync($"altered: {key} is not what its index says");
    }

    [Fact]
    public async Task An_altered_index_is_named()
    {
        var (first, _) = await FillTwoHoursAsync();
        var key = LakeLayout.IndexKey(first, World.Journal.Id);
        await ReplaceAsync(key, "\"duplicates\": 2", "\"duplicates\": 3");
        await ExpectAsync($"altered: {key}: its counts are not the sum of its sources'");
    }

    [Fact]
    public async Task Journals_of_one_lake_are_judged_each_by_its_own_manifests()
    {
        await FillTwoHoursAsync();
        using var other = new AuditedLake(World.Objects);
        var key = await other.ShipAsync("shop", LakeStream.Good, "of-the-other", "a");
        await other.CloseHourAsync();
        Assert.Empty((await World.AuditLakeAsync()).Findings);

        await World.Objects.DeleteAsync(key);
        await ExpectAsync($"missing: {key} with 2 events");
    }

    [Fact]
    public async Task A_forgotten_hour_is_judged_by_its_manifests()
    {
        await FillTwoHoursAsync();
        var key = await KeyAsync(LakeStream.Good);
        Assert.Equal(JournalResult.Committed, await World.Journal.ForgetBeforeAsync(World.Hour, default));
        Assert.Empty((await World.AuditAsync()).Findings);

        await World.Objects.DeleteAsync(key);
        Assert.Equal([$"missing: {key} with 4 events is not in the lake"], (await World.AuditAsync()).Findings);
    }

    [Fact]
    public async Task A_span_over_closed_and_open_hours_is_judged_as_one()
    {
        var (first, second) = await FillTwoHoursAsync();
        var open = await World.ShipAsync("shop", LakeStream.Good, "open");
        await World.SealAsync("shop", LakeStream.Good, "sealed");
        await World.AppendAsync("blog", LakeStream.Good, "unsealed");
        var report = await World.AuditAsync();
        Assert.Empty(report.Findings);
        Assert.Equal((6, 9, 2), (report.Objects, report.GoodEvents, report.PendingEvents));
        Assert.Equal(new HourSpan(first, second), report.ByManifests);
        // Without the journal nobody knows what belongs to an hour under way.
        Assert.Equal((0, 1), ((await World.AuditLakeAsync()).FindingCount, (await World.AuditLakeAsync()).NotJudged));

        var doubled = await World.ShipAsync("shop", LakeStream.Good, "shop-0");
        var both = await World.AuditAsync();
        Assert.EndsWith($"and in {doubled}", Assert.Single(both.Findings), StringComparison.Ordinal);

        await World.Objects.DeleteAsync(open);
        Assert.Empty((await World.AuditAsync(new HourSpan(first, second), World.Journal)).Findings);
        Assert.Contains($"missing: {open} with 1 events is not in the lake", (await World.AuditAsync()).Findings);
    }

    [Fact]
    public async Task Many_hours_without_damage_have_no_findings_however_few_ids_fit_into_memory()
    {
        const int Hours = 12;
        for (var hour = 0; hour < Hours; hour++)
        {
            foreach (var source in new[] { "blog", "shop" })
            {
                await World.ShipAsync(source, LakeStream.Good, AuditedLake.Ids($"{hour}-a", 100));
                await World.ShipAsync(source, LakeStream.Good, AuditedLake.Ids($"{hour}-b", 100));
                await World.ShipAsync(source, LakeStream.Quarantine, AuditedLake.Ids($"{hour}-a", 10));
            }

            await World.CloseHourAsync();
        }

        var progress = new List<AuditProgress>();
        var report = await new LakeAudit(World.Lake, null, default, idsMax: 500)
            .RunAsync(AuditedLake.Everything, new Recorded(progress), TestContext.Current.CancellationToken);
        Assert.Empty(report.Findings);
        Assert.Equal((Hours * 6, Hours * 400, Hours * 20), (report.Objects, report.GoodEvents, report.QuarantinedEvents));
        // The good objects of a source are read five times, for 500 ids each.
        Assert.Equal(Hours * 2 * ((2 * 5) + 1), progress.Count);
        Assert.Equal((progress[^1].AllObjects, progress[^1].AllBytes), (progress[^1].Objects, progress[^1].Bytes));
    }

    /// <summary>Five objects in two hours, and counts of what was not stored.</summary>
    private async Task<(LakeHour First, LakeHour Second)> FillTwoHoursAsync()
    {
        var first = World.Hour;
        await World.ShipAsync("shop", LakeStream.Good, AuditedLake.Ids("shop", 4));
        await World.ShipAsync("shop", LakeStream.Quarantine, AuditedLake.Ids("broken", 2));
        await World.CountAsync("shop", duplicates: 2, refused: 1);
        await World.ShipAsync("blog", LakeStream.Good, "blog-a");
        await World.CloseHourAsync();
        var second = World.Hour;
        await World.ShipAsync("shop", LakeStream.Good, AuditedLake.Ids("shop-later", 3));
        await World.ShipAsync("shop", LakeStream.Quarantine, "broken-later");
        await World.CloseHourAsync();
        return (first, second);
    }

    /// <summary>The object of the source <c>shop</c> in the first hour.</summary>
    private async Task<string> KeyAsync(LakeStream stream)
    {
        var folder = $"{LakeLayout.Folder(stream)}/source=shop/dt={AuditedLake.FirstHour.Date}/hr={AuditedLake.FirstHour.HourOfDay}/";
        return (await World.Lake.ListAsync(folder, default).SingleAsync()).Key;
    }

    private async Task ReplaceAsync(string key, string old, string replacement)
    {
        var text = Encoding.UTF8.GetString(await World.Objects.ReadAsync(key));
        Assert.Contains(old, text, StringComparison.Ordinal);
        var at = text.IndexOf(old, StringComparison.Ordinal);
        await World.Objects.WriteAsync(key, Encoding.UTF8.GetBytes(text[..at] + replacement + text[(at + old.Length)..]));
    }

    /// <summary>Audits with the lake alone; these and no other findings.</summary>
    private async Task ExpectAsync(params string[] parts)
    {
        var report = await World.AuditLakeAsync();
        Assert.Equal(parts.Length, report.Findings.Count);
        Assert.All(parts, part => Assert.Contains(report.Findings, found => found.Contains(part, StringComparison.Ordinal)));
    }

    private sealed class Recorded(List<AuditProgress> progress) : IProgress<AuditProgress>
    {
        public void Report(AuditProgress value) => progress.Add(value);
    }
}

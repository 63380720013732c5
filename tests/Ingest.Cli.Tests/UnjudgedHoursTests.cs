using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>An audit that found nothing does not speak for hours that nobody judged.</summary>
public sealed class UnjudgedHoursTests : IDisposable
{
    private readonly AuditedLake _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Hours_that_should_have_a_manifest_by_now_and_have_none_are_asked_for_journal_by_journal()
    {
        using var other = new AuditedLake(_world.Objects);
        await FillAsync(other);
        await FillAsync(_world);
        await FillAsync(_world);
        await FillAsync(_world);
        // The newest manifest of the lake is there, and of the other journal two are not.
        var report = await _world.AuditLakeAsync();
        Assert.Empty(report.Findings);
        var problem = Assert.Single(Problems(report, _world.Hour, later: 1));
        Assert.Contains($"of journal {other.Journal.Id} from {AuditedLake.FirstHour.Next} on", problem, StringComparison.Ordinal);
        // An hour that ended a while ago may still wait for the lake.
        Assert.Empty(Problems(report, AuditedLake.FirstHour.Next, later: 1));
    }

    [Fact]
    public async Task A_lake_without_any_manifest_is_judged_by_nobody()
    {
        Assert.Contains("no manifest at all", Assert.Single(Problems(await _world.AuditLakeAsync(), AuditedLake.FirstHour, later: 3)), StringComparison.Ordinal);
        Assert.Empty(Problems(await _world.AuditAsync(), AuditedLake.FirstHour, later: 3));
    }

    [Fact]
    public async Task Objects_before_the_first_manifest_of_their_journal_are_named()
    {
        using var other = new AuditedLake(_world.Objects);
        await FillAsync(other);
        var index = LakeLayout.IndexKey(AuditedLake.FirstHour, other.Journal.Id);
        var manifest = LakeLayout.ManifestKey(AuditedLake.FirstHour, other.Journal.Id, "shop");
        await FillAsync(other);
        await _world.Objects.DeleteAsync(index);
        await _world.Objects.DeleteAsync(manifest);
        await FillAsync(_world);
        await FillAsync(_world);

        var report = await _world.AuditAsync();
        Assert.Empty(report.Findings);
        var problem = Assert.Single(Problems(report, _world.Hour, later: 3), found => found.Contains("nobody judged them", StringComparison.Ordinal));
        Assert.StartsWith($"Hour {AuditedLake.FirstHour}: objects of journal {other.Journal.Id}", problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_missing_at_the_beginning_of_the_span_is_found_by_the_older_one()
    {
        await FillAsync(_world);
        var second = _world.Hour;
        await FillAsync(_world);
        var third = _world.Hour;
        await FillAsync(_world);
        var key = LakeLayout.IndexKey(second, _world.Journal.Id);
        await _world.Objects.DeleteAsync(key);
        var report = await _world.AuditAsync(new HourSpan(second, third), null);
        Assert.Contains(report.Findings, found => found.StartsWith($"missing: {key}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hours_that_the_journal_forgot_and_no_manifest_describes_are_judged_by_nobody()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        var span = new HourSpan(AuditedLake.FirstHour, _world.Hour);
        var known = new LakeHour(AuditedLake.FirstHour.Number + 1);
        var report = await new LakeAudit(_world.Lake, _world.Journal, known).RunAsync(span, null, TestContext.Current.CancellationToken);
        Assert.Empty(report.Findings);
        var unjudged = new UnjudgedHours(report, span, isFromGiven: false, known.End + TimeSpan.FromHours(3));
        Assert.StartsWith($"Hour {AuditedLake.FirstHour}: objects", Assert.Single(unjudged.Problems()), StringComparison.Ordinal);
        Assert.Contains($"hours before {known} have no manifest of journal {_world.Journal.Id}", unjudged.Notes());
    }

    [Fact]
    public async Task A_beginning_is_a_problem_only_where_its_hours_were_asked_for_by_name()
    {
        await FillAsync(_world);
        var report = await _world.AuditLakeAsync();
        var span = new HourSpan(new LakeHour(AuditedLake.FirstHour.Number - 5), AuditedLake.FirstHour);
        var now = AuditedLake.FirstHour.End + TimeSpan.FromHours(4);
        var asked = new UnjudgedHours(report, span, isFromGiven: true, now);
        Assert.StartsWith($"Hours {span.From} to ", Assert.Single(asked.Problems()), StringComparison.Ordinal);
        Assert.Empty(new UnjudgedHours(report, span, isFromGiven: false, now).Problems());
        Assert.Equal([$"hours before {AuditedLake.FirstHour} have no manifest of journal {_world.Journal.Id}"], asked.Notes());
        Assert.Empty(new UnjudgedHours(report, span with { From = AuditedLake.FirstHour }, isFromGiven: true, now).Problems());
    }

    /// <summary>Ships an event and closes its hour.</summary>
    private static async Task FillAsync(AuditedLake world)
    {
        await world.ShipAsync("shop", LakeStream.Good, $"{world.Journal.Id}-{world.Hour}");
        await world.CloseHourAsync();
    }

    /// <summary>Problems of a span from the first hour to a last one, some hours later.</summary>
    private static List<string> Problems(AuditReport report, LakeHour last, int later) => [.. new UnjudgedHours(
        report, new HourSpan(AuditedLake.FirstHour, last), isFromGiven: false, last.End + TimeSpan.FromHours(later)).Problems()];
}

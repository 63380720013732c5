using System.Text;
using Ingest.Engine;
using Ingest.TestKit;

[assembly: AssemblyFixture(typeof(S3Fixture))]

namespace Ingest.Cli.Tests;

/// <summary>Closed hours in a bucket: all kinds of damage at once, and one audit names each of them.</summary>
public sealed class AuditInS3Tests(S3Fixture fixture) : IAsyncLifetime
{
    /// <summary>Fewer than a source has, so that its objects are read several times.</summary>
    private const int IdsMax = 2;

    private AuditedLake? _made;

    private AuditedLake World => _made!;

    public async ValueTask InitializeAsync()
    {
        var server = await fixture.ServerAsync();
        _made = new AuditedLake(new StoredObjects.InS3(server, await server.NewBucketAsync()));
    }

    public ValueTask DisposeAsync()
    {
        _made?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Each_kind_of_damage_is_named_and_nothing_else()
    {
        var (first, objects) = (World.Hour, World.Objects);
        var lost = await World.ShipAsync("lost", LakeStream.Good, AuditedLake.Ids("lost", 4));
        var cut = await World.ShipAsync("cut", LakeStream.Good, "cut");
        var flipped = await World.ShipAsync("flipped", LakeStream.Quarantine, AuditedLake.Ids("flipped", 2));
        var kept = await World.ShipAsync("kept", LakeStream.Good, "a", "b");
        await World.ShipAsync("recounted", LakeStream.Good, "recounted");
        await World.CountAsync("recounted", duplicates: 2, refused: 1);
        await World.ShipAsync("unlisted", LakeStream.Good, "unlisted");
        await World.CloseHourAsync();
        var second = World.Hour;
        await World.ShipAsync("kept", LakeStream.Good, "c");
        await World.CloseHourAsync();
        var clean = await AuditAsync();
        Assert.Empty(clean.Findings);
        Assert.Equal((7, 10, 2, 0, 0), (clean.Objects, clean.GoodEvents, clean.QuarantinedEvents, clean.PendingEvents, clean.NotJudged));
        Assert.Equal(new HourSpan(first, second), clean.ByManifests);

        var doubled = await World.ShipAsync("kept", LakeStream.Good, "a");
        await World.CloseHourAsync();
        await objects.DeleteAsync(lost);
        var cutBytes = await objects.ReadAsync(cut);
        await objects.WriteAsync(cut, cutBytes[..^7]);
        var flippedBytes = await objects.ReadAsync(flipped);
        // Byte 4 is the time in the gzip header: every reader reads the same lines.
        flippedBytes[4] ^= 1;
        await objects.WriteAsync(flipped, flippedBytes);
        var extra = await CopyAsync(kept, kept.Replace("0001.json.gz", "0009.json.gz", StringComparison.Ordinal));
        var ghost = await CopyAsync(kept, kept.Replace("kept", "ghost", StringComparison.Ordinal));
        var stranger = await CopyAsync(kept, kept[..(kept.LastIndexOf('/') + 1)] + "copy.json.gz");
        var unlisted = LakeLayout.ManifestKey(first, World.Journal.Id, "unlisted");
        await objects.DeleteAsync(unlisted);
        var recounted = LakeLayout.ManifestKey(first, World.Journal.Id, "recounted");
        await RecountAsync(recounted);
        var index = LakeLayout.IndexKey(first, World.Journal.Id);
        await RecountAsync(index);
        var gone = LakeLayout.IndexKey(second, World.Journal.Id);
        await objects.DeleteAsync(gone);

        string[] expected =
        [
            $"missing: {lost} with 4 events is not in the lake",
            $"altered: {cut} has {cutBytes.Length - 7} bytes, shipped were {cutBytes.Length}",
            $"altered: {flipped} has SHA-256",
            $"doubled: {extra} is in the lake, but the manifest of its hour does not name it",
            $"doubled: {ghost} is in the lake",
            $"doubled: {stranger} is none of this system's objects",
            $"stands in {kept} and in {doubled}",
            $"missing: {unlisted} with 1 objects is not in the lake",
            $"altered: {recounted} is not what its index says",
            $"altered: {index}: its counts are not the sum of its sources'",
            $"missing: {gone} is not in the lake",
        ];
        var report = await AuditAsync();
        Assert.All(expected, part => Assert.Single(report.Findings, found => found.Contains(part, StringComparison.Ordinal)));
        Assert.Equal(expected.Length, report.FindingCount);
    }

    private Task<AuditReport> AuditAsync() => World.AuditAsync(AuditedLake.Everything, null, IdsMax);

    private async Task<string> CopyAsync(string from, string to)
    {
        await World.Objects.WriteAsync(to, await World.Objects.ReadAsync(from));
        return to;
    }

    private async Task RecountAsync(string key)
    {
        const string counted = "\"duplicates\": 2";
        var text = Encoding.UTF8.GetString(await World.Objects.ReadAsync(key));
        var at = text.IndexOf(counted, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        await World.Objects.WriteAsync(key, Encoding.UTF8.GetBytes(text[..at] + "\"duplicates\": 3" + text[(at + counted.Length)..]));
    }
}

using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>The audit finds each kind of loss, and says nothing where there is none.</summary>
public sealed class LakeAuditTests : IDisposable
{
    private readonly AuditedLake _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Nothing_is_missing_where_everything_was_shipped()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        await _world.ShipAsync("shop", LakeStream.Quarantine, "c");
        await _world.SealAsync("shop", LakeStream.Good, "d", "e", "f");

        var report = await _world.AuditAsync();

        Assert.Empty(report.Findings);
        Assert.True(report.IsClean);
        Assert.Equal((2, 2, 1, 3), (report.Objects, report.GoodEvents, report.QuarantinedEvents, report.PendingEvents));
    }

    [Fact]
    public async Task A_missing_object_is_named_with_its_events()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        await _world.Objects.DeleteAsync(key);
        await ExpectAsync($"missing: {key} with 2 events");
    }

    [Fact]
    public async Task One_flipped_bit_is_found()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        var bytes = await _world.Objects.ReadAsync(key);
        // Byte 4 is the time in the gzip header: every reader still reads the same lines.
        bytes[4] ^= 1;
        await _world.Objects.WriteAsync(key, bytes);
        await ExpectAsync($"altered: {key} has SHA-256");
    }

    [Fact]
    public async Task A_truncated_object_is_found()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        var bytes = await _world.Objects.ReadAsync(key);
        await _world.Objects.WriteAsync(key, bytes[..^9]);
        await ExpectAsync($"altered: {key} has {bytes.Length - 9} bytes, shipped were {bytes.Length}");
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(1)]
    public async Task An_event_in_two_objects_is_found_however_few_ids_fit_into_memory(int idsMax)
    {
        var first = await _world.ShipAsync("shop", LakeStream.Good, "a", "b", "c");
        var second = await _world.ShipAsync("shop", LakeStream.Good, "d", "b");
        var report = await _world.AuditAsync(idsMax);
        var finding = Assert.Single(report.Findings);
        Assert.StartsWith("doubled", finding, StringComparison.Ordinal);
        Assert.Contains(first, finding, StringComparison.Ordinal);
        Assert.Contains(second, finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_sources_may_use_the_same_id()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "1");
        await _world.ShipAsync("blog", LakeStream.Good, "1");
        Assert.Empty((await _world.AuditAsync()).Findings);
    }

    [Fact]
    public async Task A_replayed_event_stands_in_both_streams()
    {
        await _world.ShipAsync("shop", LakeStream.Quarantine, "a", "b");
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        Assert.Empty((await _world.AuditAsync()).Findings);
    }

    [Fact]
    public async Task An_event_twice_in_one_object_is_found()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a", "b", "a");
        await ExpectAsync("stands twice in " + key);
    }

    [Fact]
    public async Task An_object_that_the_journal_did_not_ship_is_found()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a");
        var extra = key.Replace("000000000001.json.gz", "000000000009.json.gz", StringComparison.Ordinal);
        await _world.Objects.WriteAsync(extra, await _world.Objects.ReadAsync(key));
        await ExpectAsync($"doubled: {extra} is in the lake");
    }

    [Fact]
    public async Task An_object_uploaded_but_not_confirmed_is_no_finding()
    {
        await _world.UploadAsync(await _world.SealAsync("shop", LakeStream.Good, "a"));
        Assert.Empty((await _world.AuditAsync()).Findings);
    }

    [Fact]
    public async Task Objects_of_another_journal_are_counted_and_not_judged()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a");
        await _world.Objects.WriteAsync(key.Replace(_world.Journal.Id, "zzzzzzzz", StringComparison.Ordinal), await _world.Objects.ReadAsync(key));
        var report = await _world.AuditAsync();
        Assert.Empty(report.Findings);
        Assert.Equal(1, report.NotJudged);
    }

    [Fact]
    public async Task A_connection_that_breaks_is_no_finding_but_no_answer()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Good, "a");
        var audit = new LakeAudit(new BrokenLake(_world.Lake), _world.Journal, default);
        var fault = await Assert.ThrowsAsync<LakeUnavailableException>(() => audit.RunAsync(AuditedLake.Everything, null, default));
        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
    }

    private async Task ExpectAsync(string finding)
    {
        var report = await _world.AuditAsync();
        Assert.False(report.IsClean);
        Assert.Contains(report.Findings, found => found.Contains(finding, StringComparison.Ordinal));
    }
}

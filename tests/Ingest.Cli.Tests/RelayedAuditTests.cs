using System.Text;
using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>Objects that a receiver relayed are gone from its lake; the audit wants their records, and of the same bytes.</summary>
public sealed class RelayedAuditTests : IDisposable
{
    private static readonly string Relay = RelaySource.Of("shop");

    private readonly AuditedLake _made = new();

    public void Dispose() => _made.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_relayed_is_not_missing(bool isClosed)
    {
        await ShipAsync();
        if (isClosed)
            await _made.CloseHourAsync();
        var before = await _made.AuditAsync();
        Assert.Equal((0, 2, 0, 3), (before.FindingCount, before.Objects, before.BridgedObjects, before.GoodEvents));

        await BridgeAsync(turns: 1);
        var half = await _made.AuditAsync();
        Assert.Equal((0, 1, 1), (half.FindingCount, half.Objects, half.BridgedObjects));

        await BridgeAsync(turns: 1);
        var after = await (isClosed ? _made.AuditLakeAsync() : _made.AuditAsync());
        Assert.Equal((0, 0, 2, 3, 0), (after.FindingCount, after.Objects, after.BridgedObjects, after.BridgedEvents, after.NotJudged));
    }

    [Fact]
    public async Task A_relayed_object_without_its_record_is_missing()
    {
        var (first, _) = await ShipAsync();
        await _made.CloseHourAsync();
        await BridgeAsync(turns: 2);
        await _made.Objects.DeleteAsync(LakeLayout.BridgedKey(first));
        var finding = Assert.Single((await _made.AuditLakeAsync()).Findings);
        Assert.StartsWith($"missing: {first}", finding, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_record_of_other_bytes_is_named()
    {
        var (first, _) = await ShipAsync();
        await _made.CloseHourAsync();
        await BridgeAsync(turns: 2);
        var key = LakeLayout.BridgedKey(first);
        var record = Encoding.UTF8.GetString(await _made.Objects.ReadAsync(key));
        await _made.Objects.WriteAsync(key, Encoding.UTF8.GetBytes(record.Replace("\"lines\": 2", "\"lines\": 1", StringComparison.Ordinal)));
        Assert.StartsWith($"altered: {key}", Assert.Single((await _made.AuditLakeAsync()).Findings), StringComparison.Ordinal);

        await _made.Objects.WriteAsync(key, "{"u8.ToArray());
        Assert.StartsWith($"altered: {key}", Assert.Single((await _made.AuditLakeAsync()).Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_in_the_relay_folder_that_nobody_shipped_is_named()
    {
        var (first, _) = await ShipAsync();
        await _made.CloseHourAsync();
        var copy = first.Replace("-000000000001-", "-000000000009-", StringComparison.Ordinal);
        await _made.Objects.WriteAsync(copy, await _made.Objects.ReadAsync(first));
        Assert.StartsWith($"doubled: {copy}", Assert.Single((await _made.AuditLakeAsync()).Findings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hours_are_shown_by_what_was_relayed_and_what_waits()
    {
        await ShipAsync();
        await BridgeAsync(turns: 1);
        var row = Assert.Single((await BridgedHours.ReadAsync(_made.Lake, AuditedLake.FirstHour, default)).Rows);
        Assert.Equal(("2026-11-21T20Z", 1, 1, 2, 2), (row.Hour, row.Waiting, row.Objects, row.Events, row.Accepted));
        Assert.Empty((await BridgedHours.ReadAsync(_made.Lake, AuditedLake.FirstHour.Next, default)).Rows);
    }

    private async Task<(string First, string Second)> ShipAsync() => (
        await _made.ShipAsync(Relay, LakeStream.Good, "a", "b"), await _made.ShipAsync(Relay, LakeStream.Good, "c"));

    private async Task BridgeAsync(int turns)
    {
        var link = new TakesAll();
        var bridge = new Bridge(_made.Lake, _made.Journal, link, "west", new RelayLimits(), TimeSpan.FromMinutes(1), TimeProvider.System, new Random(1));
        for (var turn = 0; turn < turns; turn++)
            Assert.Equal(TimeSpan.Zero, await bridge.TurnAsync(TestContext.Current.CancellationToken));
        Assert.Equal(turns, bridge.Report!.DeliveredObjects);
    }

    private sealed class TakesAll : IRelayLink, IRelayRoute
    {
        public IRelayLink Link => this;

        public string? Unknown => null;

        public ValueTask LookAsync(CancellationToken cancellation) => ValueTask.CompletedTask;

        public string Description => "a test";

        public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation) =>
            ValueTask.FromResult(new RelayAnswer(RelayOutcome.Stored, chunk.Lines));
    }
}

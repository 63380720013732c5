using Ingest.Engine;

namespace Ingest.Storage.Tests;

public abstract partial class JournalConformance
{
    private const string RelayKey = "relay/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-000000000001-000000000002.json.gz";

    private static readonly string Sha256 = new('a', 64);

    [Fact]
    public async Task A_relayed_object_is_known_by_region_and_key()
    {
        Assert.False(await Journal.WasRelayedAsync("west", RelayKey, Sha256, Cancellation));
        await RecordRelayedAsync("west", RelayKey, Make.Hour.Start);
        // Again, by somebody whose answer was lost.
        await RecordRelayedAsync("west", RelayKey, Make.Hour.End);
        await ReopenAsync();

        Assert.True(await Journal.WasRelayedAsync("west", RelayKey, Sha256, Cancellation));
        Assert.False(await Journal.WasRelayedAsync("east", RelayKey, Sha256, Cancellation));
        Assert.False(await Journal.WasRelayedAsync("west", RelayKey + "x", Sha256, Cancellation));
        // Other bytes under the same key: another object.
        Assert.False(await Journal.WasRelayedAsync("west", RelayKey, new string('b', 64), Cancellation));
    }

    [Fact]
    public async Task Relayed_objects_are_forgotten_by_the_time_of_their_first_record()
    {
        await RecordRelayedAsync("west", "old", Make.Hour.Start);
        await RecordRelayedAsync("west", "old", Make.Hour.End);
        await RecordRelayedAsync("west", "new", Make.Hour.End);
        Assert.Equal(JournalOutcome.Committed, (await Journal.ForgetBeforeAsync(Make.Hour.Next, Cancellation)).Outcome);

        Assert.False(await Journal.WasRelayedAsync("west", "old", Sha256, Cancellation));
        Assert.True(await Journal.WasRelayedAsync("west", "new", Sha256, Cancellation));
    }

    private async Task RecordRelayedAsync(string region, string key, Instant deliveredAt) => Assert.Equal(
        JournalOutcome.Committed,
        (await Journal.RecordRelayedAsync(new RelayedObject(region, key, Sha256, deliveredAt), Cancellation)).Outcome);
}

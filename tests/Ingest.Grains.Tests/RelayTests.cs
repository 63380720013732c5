using Ingest.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Grains.Tests;

/// <summary>What a cluster adds to relays: partitions wherever they are, numbers that follow their source, one bridge.</summary>
public sealed class RelayTests
{
    private static readonly string Relay = RelaySource.Of("shop");

    [Fact]
    public async Task Events_of_a_receiver_wait_in_relay_partitions_of_their_own()
    {
        await using var cluster = await IngestCluster.StartAsync(new() { Sources = new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 2 } });
        var ids = Enumerable.Range(0, 30).Select(i => $"{i:D2}").ToArray();
        foreach (var (silo, some) in cluster.Silos.Zip(ids.Chunk(10)))
            Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 10), await silo.SendAsync(Relay, some));
        // The source itself has not seen them: a promotion may bring them there.
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1), await cluster.Silos[0].SendAsync("shop", ids[0]));
        await cluster.UntilShippedAsync();
        Assert.Equal([ids[0]], await cluster.ReadLakeAsync());
        Assert.Equal(30, (await cluster.ReadLedgerAsync()).Where(row => row.Partition.Source == Relay).Sum(row => row.ShippedGood));
        Assert.Equal(2, (await CountsAsync(cluster))[Relay]);
    }

    [Fact]
    public async Task Relay_partitions_are_split_with_their_source()
    {
        await using var cluster = await IngestCluster.StartAsync();
        await cluster.Silos[0].SendAsync(Relay, "a");
        cluster.Configure(new Dictionary<string, int>(StringComparer.Ordinal) { ["shop"] = 3 });
        await IngestCluster.UntilAsync(async () => (await CountsAsync(cluster)).GetValueOrDefault(Relay) == 3);
        // An id from before the split is known on whichever side it is now.
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Accepted: 1, Duplicates: 1), await cluster.Silos[1].SendAsync(Relay, "a", "b"));
    }

    [Fact]
    public async Task Another_silo_delivers_when_the_one_with_the_bridge_dies()
    {
        var primary = new SwitchedLink();
        await using var cluster = await IngestCluster.StartAsync(new()
        {
            Grains = ClusterSetup.Patient with { ReminderPeriod = TimeSpan.FromMilliseconds(200) },
            Hosting = new ClusterSetup().Hosting with
            {
                Relays = new RelayLimits { IdlePause = TimeSpan.FromMilliseconds(50), RetryPauseMin = TimeSpan.FromMilliseconds(20), RetryPauseMax = TimeSpan.FromMilliseconds(100) },
            },
            Primary = primary,
        });
        await cluster.Silos[0].SendAsync(Relay, "a", "b");
        var bridge = cluster.Silos[0].Grains.GetGrain<IBridgeGrain>(0);
        await IngestCluster.UntilAsync(async () => await bridge.ReportAsync() is { Failure: not null, Objects: > 0 });
        var host = cluster.HostOfGrain(bridge.GetGrainId())!;
        await cluster.KillAsync(host);
        primary.IsReachable = true;
        await IngestCluster.UntilAsync(async () => !await cluster.Lake.ListAsync("relay/", TestContext.Current.CancellationToken).AnyAsync());

        Assert.NotEqual(host, cluster.HostOfGrain(bridge.GetGrainId()));
        Assert.Equal(2, primary.Lines);
        Assert.True(await cluster.Lake.ListAsync("bridged/", TestContext.Current.CancellationToken).AnyAsync());
        var reports = cluster.Silos[0].Handle.ServiceProvider.GetRequiredService<ClusterReports>();
        // Not what it delivered: that it counts from its own start, and the one that delivered may have been moved meanwhile.
        await IngestCluster.UntilAsync(async () =>
            (await reports.ReportAsync(TestContext.Current.CancellationToken)).Bridge is { Failure: null, Objects: 0 });
    }

    [Fact]
    public void What_an_operator_sees_of_a_bridge_crosses_the_wire()
    {
        var report = new BridgeReport("https://east", 1, 2, "2026-11-21T20Z", 3, new Instant(4), "away", new Instant(5), 6, 7, 8, 9, ["relay/x: damaged"], new Instant(10));
        var back = BridgeState.Of(report).ToReport();
        Assert.Equal(report.SetAside, back.SetAside);
        Assert.Equal(report, back with { SetAside = report.SetAside });
    }

    /// <summary>A primary that takes everything once it can be reached.</summary>
    private sealed class SwitchedLink : IRelayLink
    {
        private volatile bool _isReachable;
        private int _lines;

        public bool IsReachable
        {
            get => _isReachable;
            set => _isReachable = value;
        }

        public int Lines => Volatile.Read(ref _lines);

        public string Description => "a test";

        public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
        {
            if (!_isReachable)
                return ValueTask.FromResult(new RelayAnswer(RelayOutcome.Unreachable, Detail: "not yet"));
            Interlocked.Add(ref _lines, chunk.Lines);
            return ValueTask.FromResult(new RelayAnswer(RelayOutcome.Stored, chunk.Lines));
        }
    }

    private static async Task<IReadOnlyDictionary<string, int>> CountsAsync(IngestCluster cluster) =>
        await cluster.OpenJournal().ReadPartitionCountsAsync(TestContext.Current.CancellationToken);
}

using System.Net;
using Npgsql;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// A silo that is cut off and alive goes on with partitions that the others take over. The journal decides who may write;
/// clients of both sides lose nothing.
/// </summary>
public sealed class CutOffSiloTests
{
    /// <summary>Exit code of a silo that the others declared dead.</summary>
    private const int DeclaredDead = 4;

    [Fact]
    public async Task Cut_off_from_its_peers_alone_a_silo_writes_nothing_that_others_write_too()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var island = await Island.MakeAsync();
        using var load = Load.Start(island.NewClient(), oracle);
        using var inside = Load.Start(island.NewClientInside(), oracle, clients: 4, name: "inside");
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        inside.Meter.Restart();
        await load.MeasureAsync("A silo cut off from the other silos, until it ends", async () =>
        {
            await island.Peers.CutAsync();
            await island.AssertEndsAsync();
        });
        await load.MeasureAsync("Healed, and the silo started again", async () =>
        {
            await island.Peers.HealAsync();
            await island.Silo.StartAsync();
        });
        await inside.RecoveredAsync();
        Progress.Measured($"Seen from its own clients: {inside.Meter.Read()}.");

        await load.FinishAsync();
        await inside.FinishAsync();
        await island.Cluster.AssertConservedAsync(oracle);
    }

    [Fact]
    public async Task Cut_off_from_peers_and_database_a_silo_refuses_until_it_is_healed()
    {
        Assert.SkipUnless(
            LongRun.IsWanted,
            "it takes minutes, and more on a busy machine; INGEST_TEST_LONG=1 runs it");
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var island = await Island.MakeAsync("--spill", "off");
        using var load = Load.Start(island.NewClient(), oracle);
        using var inside = Load.Start(island.NewClientInside(), oracle, clients: 4, name: "inside");
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        inside.Meter.Restart();
        await load.MeasureAsync("A silo cut off from everything but its clients", () => Task.WhenAll(island.Peers.CutAsync(), island.Database.CutAsync()));
        await load.MeasureAsync("Healed, until the silo ends", async () =>
        {
            await Task.WhenAll(island.Peers.HealAsync(), island.Database.HealAsync());
            await island.AssertEndsAsync();
        });
        await load.MeasureAsync("The silo started again", () => island.Silo.StartAsync());
        await inside.RecoveredAsync();
        Progress.Measured($"Seen from its own clients: {inside.Meter.Read()}.");

        await load.FinishAsync();
        await inside.FinishAsync();
        await island.Cluster.AssertConservedAsync(oracle);
    }

    /// <summary>Two silos here and one in a network namespace, with links of its own to silos, database and clients.</summary>
    private sealed class Island : IAsyncDisposable
    {
        private readonly NetworkNamespace _namespace;
        private readonly NetworkLink _clients;
        private readonly TcpRelay _relay;

        private Island(NetworkNamespace network, NetworkLink peers, NetworkLink database, NetworkLink clients, TestCluster cluster)
        {
            (_namespace, Peers, Database, _clients, Cluster) = (network, peers, database, clients, cluster);
            var postgres = new NpgsqlConnectionStringBuilder(cluster.ConnectionString);
            _relay = new TcpRelay(database.Outside, postgres.Port);
            (postgres.Host, postgres.Port) = (_relay.Endpoint.Address.ToString(), _relay.Endpoint.Port);
            var here = SiloPlace.Loopback with { Advertise = peers.Outside };
            cluster.Add(here);
            cluster.Add(here);
            Silo = cluster.Add(new SiloPlace(IPAddress.Any, clients.Inside, peers.Inside)
            {
                Postgres = postgres.ConnectionString,
                Through = network.Through,
            });
        }

        public NetworkLink Peers { get; }

        public NetworkLink Database { get; }

        public TestCluster Cluster { get; }

        /// <summary>The silo in the namespace.</summary>
        public Silo Silo { get; }

        public static async Task<Island> MakeAsync(params string[] options)
        {
            var network = await NetworkNamespace.RequireAsync();
            var island = new Island(
                network,
                await network.AddLinkAsync(),
                await network.AddLinkAsync(),
                await network.AddLinkAsync(),
                await TestCluster.StartAsync(silos: 0, options: options));
            try
            {
                await island.Cluster.StartAllAsync();
                return island;
            }
            catch
            {
                await island.DisposeAsync();
                throw;
            }
        }

        /// <summary>A client of the silos here.</summary>
        public PlainClient NewClient() => new([.. Cluster.Urls.Take(2)]) { Patience = TimeSpan.FromSeconds(10) };

        /// <summary>A client that reaches no silo but the one in the namespace.</summary>
        public PlainClient NewClientInside() => new(Silo.Url) { Patience = TimeSpan.FromSeconds(10) };

        /// <summary>The silo must end by itself, and say why.</summary>
        public async Task AssertEndsAsync()
        {
            var exitCode = await Silo.EndedAsync();
            Assert.True(exitCode == DeclaredDead, $"{Silo.Name} ended with exit code {exitCode}. It wrote:\n{Silo.Output}");
            Assert.Contains("declared it dead, so it ends now", Silo.Output, StringComparison.Ordinal);
        }

        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await _relay.DisposeAsync();
            await _namespace.DisposeAsync();
        }
    }
}

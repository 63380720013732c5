using Ingest.Grains;
using Ingest.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Configuration;
using Orleans.Dashboard;

namespace Ingest.Silo;

/// <summary>How Orleans is set up: alone with nothing to install, or one of many over PostgreSQL.</summary>
internal static class SiloConfiguration
{
    // Npgsql's name among ADO.NET providers.
    private const string Invariant = "Npgsql";

    public static void Apply(ISiloBuilder silo, SiloSettings settings, string? postgres)
    {
        silo.Configure<ClusterOptions>(cluster => (cluster.ClusterId, cluster.ServiceId) = (settings.Cluster, settings.Cluster))
            .Configure<SiloOptions>(options => options.SiloName = settings.Name)
            .Configure<SiloMessagingOptions>(messaging =>
            {
                messaging.ResponseTimeout = TimeSpan.FromSeconds(10);
                // A call to a silo that has just died is not worth waiting for: the frontend tries elsewhere.
                messaging.SystemResponseTimeout = TimeSpan.FromSeconds(10);
            })
            .AddDashboard()
            .AddIngestGrains();
        if (postgres is null)
            ApplyAlone(silo, settings);
        else
            ApplyCluster(silo, settings, postgres);
        if (!settings.Roles.HasFlag(SiloRoles.Worker))
            // Classes that are not here are placed on silos where they are.
            silo.Configure<GrainTypeOptions>(types => types.Classes.ExceptWith([typeof(PartitionGrain), typeof(ShipperGrain), typeof(ManifestGrain), typeof(SourceCatalogueGrain)]));
    }

    private static void ApplyAlone(ISiloBuilder silo, SiloSettings settings) => silo
        .UseLocalhostClustering(settings.Port > 0 ? settings.Port : FreePort.Choose(), gatewayPort: 0, serviceId: settings.Cluster, clusterId: settings.Cluster)
        .AddMemoryGrainStorage(SiloServices.StorageName)
        .UseInMemoryReminderService();

    private static void ApplyCluster(ISiloBuilder silo, SiloSettings settings, string database)
    {
        var postgres = ConnectionString(database);
        silo.Services.AddSingleton<IFatalErrorHandler, FatalErrors>();
        silo
            .ConfigureEndpoints(settings.Advertise, settings.Port > 0 ? settings.Port : FreePort.Choose(), gatewayPort: 0)
            .Configure<ClusterMembershipOptions>(membership =>
            {
                // A silo that dies is noticed by its closed connections within a second (LostPeers); one that is cut off within
                // ProbeTimeout · NumMissedProbesLimit. Shorter times would call a long collection pause a death.
                membership.ProbeTimeout = TimeSpan.FromSeconds(3);
                membership.NumMissedProbesLimit = 3;
                // Two silos must vote, each by what it sees itself. To ask a third one takes minutes in a small cluster: it misses
                // the lost silo too, counts as degraded for that, and its word is ignored.
                membership.EnableIndirectProbes = false;
                membership.TableRefreshTimeout = TimeSpan.FromSeconds(10);
                membership.IAmAliveTablePublishTimeout = TimeSpan.FromSeconds(10);
                membership.DefunctSiloCleanupPeriod = TimeSpan.FromHours(1);
                membership.DefunctSiloExpiration = TimeSpan.FromDays(1);
            })
            .UseAdoNetClustering(clustering => (clustering.Invariant, clustering.ConnectionString) = (Invariant, postgres))
            .AddAdoNetGrainStorage(SiloServices.StorageName, storage => (storage.Invariant, storage.ConnectionString) = (Invariant, postgres))
            .UseAdoNetReminderService(reminders => (reminders.Invariant, reminders.ConnectionString) = (Invariant, postgres));
    }

    /// <summary>
    /// For what Orleans keeps: small rows, read and written in milliseconds. A connection that hangs after a cut is given up
    /// soon; with Npgsql's own 30 s, a silo would learn late what the others decided meanwhile.
    /// </summary>
    private static string ConnectionString(string postgres) => new NpgsqlConnectionStringBuilder(postgres)
    {
        Timeout = 5,
        CommandTimeout = 5,
        CancellationTimeout = 500,
        ApplicationName = "orleans-ingest-silo",
    }.ConnectionString;
}

using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace Ingest.Grains;

/// <summary>What the grains need of a silo's configuration.</summary>
public static class GrainRegistration
{
    public static ISiloBuilder AddIngestGrains(this ISiloBuilder silo)
    {
        silo.Services.AddPlacementDirector<BalancedPlacement, BalancedPlacementDirector>();
        silo.Services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        silo.Services.AddSingleton<LostPeers>().AddSingleton<MembershipCheck>();
        silo.Services.AddOptions<SiloConnectionOptions>().Configure<LostPeers>((connections, peers) =>
            connections.ConfigureSiloOutboundConnection(connection => connection.Use(peers.Watch)));
        return silo;
    }
}

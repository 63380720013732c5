using Orleans.Runtime.Placement;

namespace Ingest.Grains;

/// <summary>What the grains need of a silo's configuration.</summary>
public static class GrainRegistration
{
    public static ISiloBuilder AddIngestGrains(this ISiloBuilder silo)
    {
        silo.Services.AddPlacementDirector<BalancedPlacement, BalancedPlacementDirector>();
        silo.Services.AddPlacementDirector<NamedSiloPlacement, NamedSiloPlacementDirector>();
        return silo;
    }
}

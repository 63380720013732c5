using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ingest.Grains;

/// <summary>Puts a grain on the silo whose address is its key.</summary>
[GenerateSerializer, Immutable, Alias("ingest.named-silo")]
public sealed class NamedSiloPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class NamedSiloPlacementAttribute() : PlacementAttribute(new NamedSiloPlacement());

/// <summary>Finds the silo that a key names.</summary>
internal sealed class NamedSiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var wanted = target.GrainIdentity.Key.ToString()!;
        foreach (var silo in context.GetCompatibleSilos(target))
        {
            if (string.Equals(silo.ToParsableString(), wanted, StringComparison.Ordinal))
                return Task.FromResult(silo);
        }

        throw new SiloUnavailableException($"There is no silo {wanted}.");
    }
}

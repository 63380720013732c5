using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace Ingest.Grains;

/// <summary>Puts a grain where <see cref="SiloChoice"/> says; a <see cref="Balancer"/> moves it when the silos change.</summary>
[GenerateSerializer, Immutable, Alias("ingest.balanced")]
public sealed class BalancedPlacement : PlacementStrategy;

[AttributeUsage(AttributeTargets.Class)]
internal sealed class BalancedPlacementAttribute() : PlacementAttribute(new BalancedPlacement());

internal sealed class BalancedPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context) =>
        Task.FromResult(SiloChoice.Of(target.GrainIdentity, context.GetCompatibleSilos(target)));
}

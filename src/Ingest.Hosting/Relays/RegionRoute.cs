using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>Where a region's bridge delivers, by its role as of now.</summary>
/// <param name="state">The role.</param>
/// <param name="toPrimary">The way of a receiver.</param>
/// <param name="toSelf">The way of a region that was promoted.</param>
public sealed class RegionRoute(RegionState state, IRelayLink? toPrimary, IRelayLink toSelf) : IRelayRoute
{
    public IRelayLink? Link => state.Unknown is not null ? null : state.Role == RegionRole.Receiver ? toPrimary : toSelf;

    public string? Unknown => state.Unknown;

    public async ValueTask LookAsync(CancellationToken cancellation) => await state.LookAsync(cancellation);
}

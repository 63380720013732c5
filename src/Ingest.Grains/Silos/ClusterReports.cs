using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Asks the whole cluster how it is. Who does not answer in time is reported so; the others still are. Which silos there
/// are is known without asking.
/// </summary>
public sealed class ClusterReports(
    IGrainFactory grains, IClusterMembershipService membership, SiloServices silo, GrainOptions options)
{
    public async Task<RuntimeReport> ReportAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(options.StatusTimeout);
        var members = membership.CurrentSnapshot.Members.Values.Where(member => member.Status != SiloStatus.Dead).ToList();
        var states = Task.WhenAll(members.Select(member => StateAsync(member, deadline.Token)));
        var manifests = TryAsync(() => grains.GetGrain<IManifestGrain>(0).ReportAsync(), deadline.Token);
        var bridge = silo.Relays is null
            ? Task.FromResult((BridgeState?)null)
            : TryAsync(
                async () => await grains.GetGrain<IBridgeGrain>(0).ReportAsync() ?? throw new InvalidOperationException("It had no turn yet."), deadline.Token);
        var watcher = silo.CreateWatcher is null
            ? Task.FromResult<LeverState?>(null)
            : TryAsync(() => grains.GetGrain<IWatcherGrain>(0).ReportAsync(), deadline.Token);
        var answers = await Task.WhenAll(Enumerable.Range(0, GrainOptions.Lanes).Select(lane => LaneAsync(lane, deadline.Token)));
        var lanes = answers.OfType<LaneReport>().ToList();
        var silos = members.Zip(await states, (member, state) => Describe(member, state, lanes))
            .OrderBy(silo => silo.Name, StringComparer.Ordinal)
            .ToList();
        return new RuntimeReport(
            Sum(lanes),
            silos.Sum(silo => silo.Partitions),
            silos.Sum(silo => silo.DedupeIds),
            silos,
            Describe(await manifests),
            (await bridge)?.ToReport(),
            (await watcher)?.ToReport());
    }

    private Task<LaneReport?> LaneAsync(int lane, CancellationToken cancellation) =>
        TryAsync(() => grains.GetGrain<IShipperGrain>(lane).ReportAsync(cancellation), cancellation);

    private async Task<SiloState?> StateAsync(ClusterMember member, CancellationToken cancellation) =>
        member.Status == SiloStatus.Active
            ? await TryAsync(() => grains.GetGrain<ISiloGrain>(member.SiloAddress.ToParsableString()).ReportAsync(), cancellation)
            : null;

    private static SiloReport Describe(ClusterMember member, SiloState? state, IReadOnlyList<LaneReport> lanes) => new(
        member.Name,
        member.SiloAddress.Endpoint.ToString(),
        state?.Roles ?? "",
        StateOf(member.Status, state),
        state?.NotReady,
        state?.Partitions ?? 0,
        state?.DedupeIds ?? 0,
        [.. lanes.Where(lane => string.Equals(lane.Silo, member.Name, StringComparison.Ordinal)).Select(lane => lane.Lane)],
        state?.Spill?.ToReport());

    private static ManifestReport? Describe(ManifestState? state) => state is null
        ? null
        : new ManifestReport(state.LastHour, state.WaitsFor, state.Failure, InstantOf(state.FailingSince));

    private static string StateOf(SiloStatus status, SiloState? state) => status switch
    {
        SiloStatus.Active when state is null => "not answering",
        SiloStatus.Active when state.IsLeaving => "leaving",
        SiloStatus.Active => "active",
        SiloStatus.Created or SiloStatus.Joining => "joining",
        _ => "leaving",
    };

    /// <summary>All lanes put to one destination: the worst breaker is what an operator must see.</summary>
    private static ShippingReport Sum(IReadOnlyList<LaneReport> lanes)
    {
        var worst = lanes.OrderByDescending(lane => lane.Breaker switch { "open" => 2, "half-open" => 1, _ => 0 }).FirstOrDefault();
        var failed = lanes.MaxBy(lane => lane.LastFailure ?? long.MinValue);
        return new ShippingReport(
            worst?.Breaker ?? "unknown",
            InstantOf(worst?.BreakerSince),
            InstantOf(lanes.Max(lane => lane.LastSuccess)),
            InstantOf(failed?.LastFailure),
            failed?.LastFailureDetail ?? (lanes.Count < GrainOptions.Lanes ? $"{GrainOptions.Lanes - lanes.Count} of {GrainOptions.Lanes} lanes do not answer" : null),
            lanes.Sum(lane => lane.InFlight),
            [.. lanes.SelectMany(lane => lane.SetAside)]);
    }

    private static Instant? InstantOf(long? unixMilliseconds) => unixMilliseconds is { } value ? new Instant(value) : null;

    /// <returns>The answer; null where there was none in time.</returns>
    private static async Task<T?> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellation)
        where T : class
    {
        try
        {
            return await call().WaitAsync(cancellation);
        }
        catch (Exception)
        {
            return null;
        }
    }
}

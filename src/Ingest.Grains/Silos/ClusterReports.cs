using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>Asks the whole cluster how it is. Who does not answer in time is reported so; the others still are.</summary>
public sealed class ClusterReports(IGrainFactory grains, GrainOptions options)
{
    public async Task<RuntimeReport> ReportAsync(CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(options.StatusTimeout);
        var asked = SilosAsync(deadline.Token);
        var lanes = await Task.WhenAll(Enumerable.Range(0, GrainOptions.Lanes).Select(lane => LaneAsync(lane, deadline.Token)));
        var answered = lanes.OfType<LaneReport>().ToList();
        var silos = (await asked).Select(silo => silo with { Lanes = LanesOf(silo.Name, answered) }).ToList();
        return new RuntimeReport(
            Sum(answered), silos.Sum(silo => silo.Partitions), silos.Sum(silo => silo.DedupeIds), silos);
    }

    private async Task<LaneReport?> LaneAsync(int lane, CancellationToken cancellation) =>
        await TryAsync(() => grains.GetGrain<IShipperGrain>(lane).ReportAsync(cancellation), cancellation);

    private async Task<IReadOnlyList<SiloReport>> SilosAsync(CancellationToken cancellation)
    {
        var hosts = await TryAsync(() => grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: false), cancellation);
        var living = (hosts ?? []).Where(host => host.Status != SiloStatus.Dead);
        var reports = await Task.WhenAll(living.Select(async host =>
        {
            var address = host.SiloAddress.ToParsableString();
            var state = host.Status == SiloStatus.Active
                ? await TryAsync(() => grains.GetGrain<ISiloGrain>(address).ReportAsync(), cancellation)
                : null;
            return new SiloReport(
                host.SiloName,
                host.SiloAddress.Endpoint.ToString(),
                state?.Roles ?? "",
                StateOf(host.Status, state),
                state?.NotReady,
                state?.Partitions ?? 0,
                state?.DedupeIds ?? 0,
                []);
        }));
        return [.. reports.OrderBy(silo => silo.Name, StringComparer.Ordinal)];
    }

    private static List<int> LanesOf(string silo, IEnumerable<LaneReport> lanes) =>
        [.. lanes.Where(lane => string.Equals(lane.Silo, silo, StringComparison.Ordinal)).Select(lane => lane.Lane)];

    private static string StateOf(SiloStatus status, SiloState? state) => status switch
    {
        SiloStatus.Active when state is null => SiloReport.NotAnswering,
        SiloStatus.Active when state.IsLeaving => "leaving",
        SiloStatus.Active => SiloReport.Active,
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

using System.Collections.Concurrent;

namespace Ingest.Grains;

/// <summary>
/// Moves grains of this silo to where they should be by now: after a silo joined, its share comes to it. A few at a time,
/// and only once the silos have been the same for a while, so that a rolling restart does not move everything twice.
/// </summary>
public sealed class Balancer(
    IClusterManifestProvider manifests, ISiloStatusOracle statuses, ILocalSiloDetails here, GrainOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<GrainId, Action> _movable = new();

    /// <summary>A grain that may be moved is active here.</summary>
    /// <param name="grain">Its identity.</param>
    /// <param name="move">Makes it move; from any thread, must not throw.</param>
    public void Arrived(GrainId grain, Action move) => _movable[grain] = move;

    /// <summary>The grain is not active here any more.</summary>
    public void Left(GrainId grain) => _movable.TryRemove(grain, out _);

    /// <summary>Balances until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var (seen, since) = (Array.Empty<SiloAddress>(), time.GetTimestamp());
        using var timer = new PeriodicTimer(options.BalancePeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var silos = ActiveSilos();
                if (!silos.SequenceEqual(seen))
                    (seen, since) = (silos, time.GetTimestamp());
                else if (time.GetElapsedTime(since) >= options.BalanceAfter)
                    MoveSome(silos);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }
    }

    private void MoveSome(SiloAddress[] silos)
    {
        var manifest = manifests.Current;
        var able = _movable.Keys.Select(grain => grain.Type).Distinct().ToDictionary(
            type => type,
            type => silos.Where(silo => manifest.Silos.TryGetValue(silo, out var grains) && grains.Grains.ContainsKey(type)).ToList());
        var misplaced = _movable
            .Where(grain => able.TryGetValue(grain.Key.Type, out var there)
                && there.Count > 0
                && !SiloChoice.Of(grain.Key, there).Equals(here.SiloAddress))
            .ToArray();
        // In any order: one that will not move must not hold up the others.
        Random.Shared.Shuffle(misplaced);
        foreach (var (_, move) in misplaced.Take(options.BalanceMovesMax))
            move();
    }

    private SiloAddress[] ActiveSilos() =>
        [.. statuses.GetApproximateSiloStatuses(onlyActive: true).Keys.Order()];
}

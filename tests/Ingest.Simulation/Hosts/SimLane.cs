using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>The shipper of one lane in a silo, as the shipper's grain of the cluster runtime is one.</summary>
internal sealed class SimLane
{
    private readonly World _world;
    private readonly SimSilo _silo;
    private readonly Lane _lane;
    private readonly ShipperLoop _loop;
    private readonly CancellationTokenSource _stop = new();

    public SimLane(World world, SimSilo silo, int lane, SemaphoreSlim puts)
    {
        _world = world;
        _silo = silo;
        _lane = new Lane(lane, world.Plan.Lanes);
        var (limits, process) = (world.Plan.Limits, silo.Process);
        _loop = new ShipperLoop(
            _lane,
            new Shipper(limits, process.Work.Random),
            new ShipWorker(silo.Journal, silo.Lake, limits, process.Clock),
            silo.Journal,
            puts,
            process.Clock,
            silo.Log,
            process.Work);
        process.Start(() => _loop.RunAsync(_stop.Token));
        process.Start(WakeUnsealedAsync);
    }

    public void Notice() => _loop.Notice();

    public Task<ShipperStatus> StatusAsync() => _loop.StatusAsync();

    public void Stop() => _stop.Cancel();

    private async Task WakeUnsealedAsync()
    {
        var clock = _silo.Process.Clock;
        using var timer = new PeriodicTimer(_world.Plan.Options.UnsealedPeriod, clock);
        while (await timer.WaitForNextTickAsync(_stop.Token))
        {
            try
            {
                var overdue = Instant.From(clock.GetUtcNow()) - (2 * _world.Plan.Limits.SealAge);
                foreach (var id in await _silo.Journal.ReadUnsealedPartitionsAsync(_lane, overdue, _stop.Token))
                {
                    var where = _world.Directory.Locate(id);
                    await _world.Network.CallAsync(_silo.Process, where.Process, () => where.WakeAsync(id))
                        .WaitAsync(TimeSpan.FromSeconds(5), clock);
                }
            }
            catch (Exception exception) when (exception is JournalUnavailableException or NetworkException or TimeoutException)
            {
                // The next round looks again.
            }
        }
    }
}

using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>
/// Hosts the <see cref="Watcher"/> of a region: looks at the other region and the lever, carries out what it decides, and
/// writes down what happened. One runs in a region.
/// </summary>
public sealed class WatcherLoop : IDisposable
{
    private readonly RegionPlan _plan;
    private readonly string _self;
    private readonly RegionPlace? _other;
    private readonly ILever _lever;
    private readonly StorageHealth _health;
    private readonly HttpClient _http;
    private readonly ReadinessProbe _probe;
    private readonly LeverRecorder _recorder;
    private readonly LeftOverDrill _drill;
    private readonly Watcher _watcher;
    private readonly TimeProvider _time;
    private readonly HostingLog _log;
    private readonly long _began;
    private readonly LeverGauge _gauge = new();
    private volatile LeverReport _report;
    private volatile string? _automatic;
    private Cause? _told;

    private WatcherLoop(RegionPlan plan, string self, ILever lever, StorageHealth health, ILake lake, TimeProvider time, HostingLog log)
    {
        (_plan, _self, _lever, _health, _time, _log) = (plan, self, lever, health, time, log);
        _other = plan.OtherOf(self);
        _http = new HttpClient { Timeout = plan.Failover.Timeout };
        _probe = new ReadinessProbe(_http);
        _recorder = new LeverRecorder(lake, self, time, log);
        _drill = new LeftOverDrill(lake, plan, time);
        _watcher = new Watcher(self, _other?.Name ?? self, plan.Normal, _other is null ? plan.Failover with { IsAutomatic = false } : plan.Failover);
        _began = time.GetTimestamp();
        _report = new LeverReport(lever.Description, self, plan.Failover.IsAutomatic, null, plan.Normal.ToDictionary(), null, "It was not looked at yet.", null);
    }

    /// <summary>What an operator sees of it, as of the last look.</summary>
    public LeverReport Report => _report;

    /// <summary>The setting that this region's watcher made and that stands, for the other one; null where there is none.</summary>
    public string? Automatic => _automatic;

    /// <summary>Makes the watcher of a server; null where it has no lever.</summary>
    public static WatcherLoop? Create(ServerPlan plan, StorageHealth health, ILake lake, TimeProvider time, HostingLog log)
    {
        if (plan is not { Regions: { } regions, Region.Name: { } self })
            return null;
        // It lives as long as the lever, and holds the key alone.
        var fetcher = regions.List is { } list
            ? new ListFetcher(new HttpClient { Timeout = regions.Failover.Timeout }, ListVerifier.Read(list.PublicKeyFile))
            : null;
        return new WatcherLoop(regions, self, LeverFactory.Create(regions, fetcher, null, time), health, lake, time, log);
    }

    /// <summary>Looks and acts until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var recording = _recorder.RunAsync(stop);
        var resuming = _recorder.FindLastMoveAsync(_plan.Names, stop);
        try
        {
            for (; ; await Task.Delay(_plan.Failover.Period, _time, stop))
            {
                if (resuming is { IsCompletedSuccessfully: true })
                {
                    if (await resuming is { } last)
                        _watcher.Resume(last.Weights, Now - (Instant.From(_time.GetUtcNow()) - last.At));
                    resuming = null;
                }

                await LookAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped.
        }

        await recording;
    }

    public void Dispose()
    {
        _gauge.Dispose();
        _http.Dispose();
    }

    /// <summary>Time since this watcher began.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_began);

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            var probing = _other is null ? Task.FromResult(new Probe(true)) : _probe.AskAsync(_other, _plan.Names, stop);
            var (reading, failure) = await ReadAsync(stop);
            var other = await probing;
            var decision = _watcher.Observe(new Observation(Now, _health.CanStore(out _), other, reading));
            _automatic = _watcher.Automatic?.ToString();
            Tell(decision, reading, failure);
            if (reading is not null && decision.Wanted is not null)
                await MoveAsync(decision, stop);
            else if (reading is not null && IsByHand(reading.Weights))
                await EndDrillAsync(reading.Weights, other, stop);
        }
        catch (Exception exception) when (!stop.IsCancellationRequested)
        {
            // The next look begins from what is there then.
            _log.LookFailed(exception);
        }
    }

    private async Task<(LeverReading? Reading, string? Failure)> ReadAsync(CancellationToken stop)
    {
        try
        {
            using var patience = Patience(stop);
            return (await _lever.ReadAsync(patience.Token), null);
        }
        catch (Exception exception) when (IsFault(exception, stop))
        {
            return (null, Message(exception));
        }
    }

    private async Task MoveAsync(Decision decision, CancellationToken stop)
    {
        var what = decision.Kind switch
        {
            DecisionKind.MoveAway => LeverRecord.MovedAway,
            DecisionKind.MoveBack => LeverRecord.MovedBack,
            _ => LeverRecord.Restored,
        };
        var failure = await SetAsync(decision.Present!, decision.Wanted!, stop);
        if (failure is null)
        {
            _watcher.Moved(Now, decision.Wanted!);
            _automatic = _watcher.Automatic?.ToString();
            _log.LeverMoved(decision.Present!.ToString(), decision.Wanted!.ToString(), decision.Reason);
        }
        else
            _log.LeverNotMoved(decision.Present!.ToString(), decision.Wanted!.ToString(), decision.Reason, failure);
        _recorder.Write(what, decision.Present, decision.Wanted, decision.Reason, failure);
    }

    /// <summary>A drill that nobody ended is ended here, once its time is over.</summary>
    private async Task EndDrillAsync(RegionWeights present, Probe other, CancellationToken stop)
    {
        if (!other.IsReady || !_health.CanStore(out _) || await _drill.FindAsync(present, stop) is not { } found)
            return;
        const string reason = "A drill was left over, and its time is over.";
        var failure = await SetAsync(present, found.Before, stop);
        _recorder.Write(LeverRecord.DrillEnded, present, found.Before, reason, failure);
        if (failure is not null)
        {
            _log.LeverNotMoved(present.ToString(), found.Before.ToString(), reason, failure);
            return;
        }

        _log.LeverMoved(present.ToString(), found.Before.ToString(), reason);
        await _drill.EndAsync(found, stop);
    }

    /// <returns>Why it was not done, or is not known to be; null where it was.</returns>
    private async Task<string?> SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken stop)
    {
        try
        {
            using var patience = Patience(stop);
            await _lever.SetAsync(present, wanted, patience.Token);
            return null;
        }
        catch (Exception exception) when (IsFault(exception, stop))
        {
            return Message(exception);
        }
    }

    private bool IsByHand(RegionWeights present) => !present.Equals(_plan.Normal) && !present.Equals(_watcher.Automatic);

    private void Tell(Decision decision, LeverReading? reading, string? failure)
    {
        var reason = failure is null ? decision.Reason : $"The lever cannot be read: {failure}";
        var isNews = _told != decision.Cause;
        var now = Instant.From(_time.GetUtcNow());
        _report = new LeverReport(
            _lever.Description,
            _self,
            _plan.Failover.IsAutomatic,
            reading?.Weights.ToDictionary(),
            _plan.Normal.ToDictionary(),
            reading?.Health.ToDictionary(pair => pair.Key, pair => pair.Value.ToString().ToLowerInvariant(), StringComparer.Ordinal),
            reason,
            isNews ? now : _report.Since);
        _gauge.Show(reading?.Weights);
        if (!isNews)
            return;
        _told = decision.Cause;
        _log.WatcherSees(reason);
        if (decision.Cause == Cause.SetByHand)
            _recorder.Write(LeverRecord.Found, decision.Present, null, reason, null);
    }

    private CancellationTokenSource Patience(CancellationToken stop)
    {
        var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_plan.Failover.Timeout);
        return patience;
    }

    private static bool IsFault(Exception exception, CancellationToken stop) =>
        exception is LeverException || (exception is OperationCanceledException && !stop.IsCancellationRequested);

    private static string Message(Exception exception) => exception is OperationCanceledException ? "no answer in time" : exception.Message;
}

using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>
/// Hosts the <see cref="Watcher"/> of a region: looks at the other region and the lever, carries out what it decides, and
/// writes down what happened. One runs in a region.
/// </summary>
public sealed class WatcherLoop : IDisposable
{
    /// <summary>Longest pause after moves that failed; the first is a period, and they double.</summary>
    private static readonly TimeSpan FailedPauseMax = TimeSpan.FromMinutes(1);

    private readonly RegionPlan _plan;
    private readonly string _self;
    private readonly RegionPlace? _other;
    private readonly ILever _lever;
    private readonly StorageHealth _health;
    private readonly Func<RegionPlace, CancellationToken, Task<Probe>> _probe;
    private readonly LeverRecorder _recorder;
    private readonly LeftOverDrill _drill;
    private readonly Watcher _watcher;
    private readonly TimeProvider _time;
    private readonly HostingLog _log;
    private readonly long _began;
    private readonly LeverGauge _gauge = new();
    private volatile LeverReport _report;
    private volatile string? _automatic;
    private HttpClient? _http;
    private Cause? _told;
    private (string What, string Failure)? _failed;
    private int _failures;
    private TimeSpan _retryAt;
    private bool _knowsHistory;

    internal WatcherLoop(
        RegionPlan plan,
        string self,
        ILever lever,
        Func<RegionPlace, CancellationToken, Task<Probe>> probe,
        StorageHealth health,
        ILake lake,
        TimeProvider time,
        HostingLog log)
    {
        (_plan, _self, _lever, _probe, _health, _time, _log) = (plan, self, lever, probe, health, time, log);
        _other = plan.OtherOf(self);
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
        // A region answers for itself: one that sends elsewhere is not ready.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = regions.Failover.Timeout };
        var fetcher = regions.List is { } list ? new ListFetcher(http, ListVerifier.Read(list.PublicKeyFile)) : null;
        var probe = new ReadinessProbe(http);
        return new WatcherLoop(
            regions,
            self,
            LeverFactory.Create(regions, fetcher, null, time),
            (region, stop) => probe.AskAsync(region, regions.Names, stop),
            health,
            lake,
            time,
            log) { _http = http };
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
                    // Until now, weights that are not the normal ones may be its own, and are not written down as a person's.
                    _knowsHistory = true;
                    _told = null;
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
        _http?.Dispose();
    }

    /// <summary>Time since this watcher began.</summary>
    private TimeSpan Now => _time.GetElapsedTime(_began);

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            var probing = _other is null ? Task.FromResult(new Probe(true)) : _probe(_other, stop);
            var (reading, failure) = await ReadAsync(stop);
            var other = await probing;
            var decision = _watcher.Observe(new Observation(Now, _health.CanStore(out _), other, reading));
            _automatic = _watcher.Automatic?.ToString();
            Tell(decision, reading, failure);
            if (Now < _retryAt || reading is null)
                return;
            if (decision.Wanted is not null)
                await MoveAsync(decision, stop);
            else if (decision.Cause is Cause.SetByHand or Cause.Off && IsByHand(reading.Weights) && _knowsHistory)
                await EndDrillAsync(reading, other, stop);
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
            return (await _lever.ReadAsync(stop), null);
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
        if (!await MoveAsync(what, decision.Present!, decision.Wanted!, decision.Reason, stop))
            return;
        _watcher.Moved(Now, decision.Wanted!);
        _automatic = _watcher.Automatic?.ToString();
    }

    /// <summary>A drill that nobody ended is ended here, once its time is over; where the regions that gain by it are ready.</summary>
    private async Task EndDrillAsync(LeverReading reading, Probe other, CancellationToken stop)
    {
        var present = reading.Weights;
        // The server cannot sign a list.
        if (_other is null || !_lever.CanBeMovedHere || await _drill.FindAsync(present, stop) is not { } found)
            return;
        // A region that gives no answer may have moved the lever itself, unless the witness has it down.
        var isOtherKnown = other.HasAnswered || reading.HealthOf(_other.Name) == VantageHealth.Down;
        var isFair = (found.Before[_other.Name] <= present[_other.Name] || other.IsReady)
            && (found.Before[_self] <= present[_self] || _health.CanStore(out _));
        if (!isOtherKnown || !isFair)
            return;
        if (await MoveAsync(LeverRecord.DrillEnded, present, found.Before, "A drill was left over, and its time is over.", stop)
            && await _drill.EndAsync(found.Drill, stop) is { IsConfirmed: false } result)
        {
            _log.LeverNotRecorded(result.Detail);
        }
    }

    /// <summary>Moves the lever, and writes down what became of it: a failure once for its reason, and tried ever more rarely.</summary>
    private async Task<bool> MoveAsync(string what, RegionWeights present, RegionWeights wanted, string reason, CancellationToken stop)
    {
        var failure = await SetAsync(present, wanted, stop);
        if (failure is null)
        {
            (_failed, _failures) = (null, 0);
            _log.LeverMoved(present.ToString(), wanted.ToString(), reason);
            _recorder.Write(what, present, wanted, reason, null);
            return true;
        }

        _retryAt = Now + Backoff.Ceiling(++_failures, _plan.Failover.Period, FailedPauseMax);
        if (_failed != (what, failure))
        {
            _failed = (what, failure);
            _log.LeverNotMoved(present.ToString(), wanted.ToString(), reason, failure);
            _recorder.Write(what, present, wanted, reason, failure);
        }

        return false;
    }

    /// <returns>Why it was not done, or is not known to be; null where it was.</returns>
    private async Task<string?> SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken stop)
    {
        try
        {
            await _lever.SetAsync(present, wanted, stop);
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
        var renewal = reading?.Renewal is { } old ? " " + old : "";
        var reason = failure is null ? decision.Reason + renewal : $"The lever cannot be read: {failure}";
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
        if (decision.Cause == Cause.SetByHand && _knowsHistory)
            _recorder.Write(LeverRecord.Found, decision.Present, null, reason, null);
    }

    private static bool IsFault(Exception exception, CancellationToken stop) =>
        exception is LeverException || (exception is OperationCanceledException && !stop.IsCancellationRequested);

    private static string Message(Exception exception) => exception is OperationCanceledException ? "no answer in time" : exception.Message;
}

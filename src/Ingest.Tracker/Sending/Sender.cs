namespace Ingest.Tracker;

/// <summary>
/// Sends the events of a file, oldest first, until they are answered with success. A loop that waits without a timer
/// while there is nothing to send.
/// </summary>
internal sealed class Sender : IDisposable
{
    /// <summary>How often to look whether another tracker of this file has stopped sending, while there is something to send.</summary>
    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(1);

    /// <summary>Events set aside one after the other, without a success between, after which each costs a pause: it may be the collector.</summary>
    private const int RefusedInRowMax = 5;

    private readonly TrackerOptions _options;
    private readonly EventFile _file;
    private readonly Callbacks _callbacks;
    private readonly SenderLock _lock;
    private readonly BatchReader _reader;
    private readonly Transport _transport;
    private readonly EndpointPool _pool;
#if NET
    private readonly RegionSource _regions;
#endif
    private readonly FlushWaiters _flushes = new();
    private readonly Signal _wake = new();
    private readonly Signal _hurry = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    // Most events of the next request: halved where one is refused or lost, doubled where one is delivered.
    private int _eventsAtOnce;
    private int _refusedInRow;
    private int _faultsInRow;

    public Sender(TrackerOptions options, EventFile file, Callbacks callbacks, Random random)
    {
        _options = options;
        _file = file;
        _callbacks = callbacks;
        _lock = new SenderLock(options.File + "-sender");
        _reader = new BatchReader(file, options);
        _transport = new Transport(options);
        _pool = new EndpointPool(options, random);
#if NET
        _regions = new RegionSource(options, file, _transport, _pool);
#endif
        _eventsAtOnce = options.BatchEventsMax;
    }

#if NET
    /// <summary>Lists of regions that were not taken.</summary>
    public long RegionListsRefused => _regions.Refused;

#endif
    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Says that there is something to send.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Waits until all that is in the file now was delivered, or left it in another way.</summary>
    /// <returns>False where the tracker is closed before.</returns>
    public Task<bool> FlushAsync(CancellationToken cancellation)
    {
        var last = _file.LastSeq();
        if (last == 0)
            return Task.FromResult(true);
        var flushed = _flushes.WaitAsync(last, cancellation);
        _hurry.Set();
        _wake.Set();
        return flushed;
    }

    /// <summary>Ends the loop; a request under way is given up, and its events are sent again another time.</summary>
    public async Task StopAsync()
    {
        _stop.Cancel();
        await _loop.ConfigureAwait(false);
#if NET
        await _regions.StopAsync().ConfigureAwait(false);
#endif
        _flushes.Close();
    }

    public void Dispose()
    {
        _lock.Dispose();
#if NET
        _regions.Dispose();
#endif
        _transport.Dispose();
        _wake.Dispose();
        _hurry.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await StepAsync().ConfigureAwait(false);
                _faultsInRow = 0;
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The disk, mostly. Whatever it is, the events are there and must be sent when it is over.
                _callbacks.Problem(e.Message);
                await RestAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>One request, or one wait.</summary>
    private async Task StepAsync()
    {
        if (_flushes.IsAny)
            _flushes.Progressed(_file.FirstSeq());
        if (_file.IsEmpty)
        {
            await WaitForEventsAsync().ConfigureAwait(false);
            return;
        }
        if (!_lock.TryTake())
        {
            await PauseAsync(LockPause).ConfigureAwait(false);
            return;
        }
#if NET
        _regions.Refresh(_stop.Token);
#endif
        if (_pool.Choose() is { } endpoint)
            await SendAsync(endpoint).ConfigureAwait(false);
        else
        {
            _lock.Release();
            await PauseAsync(_pool.UntilNext()).ConfigureAwait(false);
        }
    }

    private async Task WaitForEventsAsync()
    {
        _file.GiveBackPages();
        _lock.Release();
        await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
        if (_options.BatchDelay == TimeSpan.Zero || _flushes.IsAny)
            return;
        // What comes right after goes along, unless somebody waits for it.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        await Task.WhenAny(_options.Clock.DelayAsync(_options.BatchDelay, ends.Token), _hurry.WaitAsync(ends.Token)).ConfigureAwait(false);
        ends.Cancel();
    }

    private async Task SendAsync(EndpointPool.Endpoint endpoint)
    {
        var batch = _reader.Read(_eventsAtOnce);
        if (batch.Old.Count > 0)
            _callbacks.Dropped([.. _file.DropOld(batch.Old).Select(old => old.Dropped(DropReason.TooOld))]);
        if (batch.Events.Count == 0)
            return;
        var answer = await _transport.PostAsync(endpoint.Url, batch.Body, _stop.Token).ConfigureAwait(false);
        switch (answer.Kind)
        {
            case AnswerKind.Delivered:
                _file.Delivered(batch.Events);
                _refusedInRow = 0;
                _eventsAtOnce = Math.Min(_eventsAtOnce * 2, _options.BatchEventsMax);
                EndpointPool.Worked(endpoint);
                break;
            case AnswerKind.Refused when batch.Events.Count > 1:
                _eventsAtOnce = batch.Events.Count / 2;
                break;
            case AnswerKind.Refused:
                SetAside(batch.Events[0], answer.Status, endpoint);
                break;
            case AnswerKind.Denied:
                _pool.Failed(endpoint, _options.DeniedPauseMin, answer.RetryAfter);
                break;
            default:
                // The line may be too slow for so much at once.
                if (answer.Status == 0)
                    _eventsAtOnce = Math.Max(1, batch.Events.Count / 2);
                _pool.Failed(endpoint, _options.RetryPauseMin, answer.RetryAfter);
                break;
        }
        _callbacks.Problem(answer.Problem);
    }

    private void SetAside(QueuedEvent refused, int status, EndpointPool.Endpoint endpoint)
    {
        var now = _options.Clock.UtcNow;
        if (_file.SetAside(refused, status, now.ToUnixTimeMilliseconds()))
        {
            _callbacks.Refused(new DeadLetter(
                refused.Body, DateTimeOffset.FromUnixTimeMilliseconds(refused.Time.OccurredAt), status, now));
        }
        if (++_refusedInRow > RefusedInRowMax)
            _pool.Failed(endpoint, _options.RetryPauseMin, asked: null);
    }

    private Task PauseAsync(TimeSpan pause) => _options.Clock.DelayAsync(pause, _stop.Token);

    /// <summary>Waits after a fault of the file.</summary>
    private async Task RestAsync()
    {
        _lock.Release();
        var ticks = Math.Min(_options.RetryPauseMin.Ticks * Math.Pow(2, _faultsInRow++), _options.RetryPauseMax.Ticks);
        try
        {
            await PauseAsync(TimeSpan.FromTicks((long)ticks)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
    }
}

using System.Diagnostics;
using Ingest.Tracker;

namespace Ingest.EndToEnd;

/// <summary>
/// The clocks of a device on which days pass at a word: they go as fast as the real ones, and jump ahead besides. They
/// begin so far in the past that they end in the present. The wall clock may be wrong, and be set.
/// </summary>
/// <param name="ahead">By how much they jump in all.</param>
internal sealed class DeviceClock(TimeSpan ahead) : TrackerClock
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();
    private readonly Lock _gate = new();
    private TaskCompletionSource _jumped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeSpan _jumps;
    private TimeSpan _error;
    private int _pauses;

    /// <summary>Whether a pause is under way, which a jump ends.</summary>
    public bool IsPausing => Volatile.Read(ref _pauses) > 0;

    public DateTimeOffset TrueNow => _startedAt - ahead + Elapsed;

    public override DateTimeOffset UtcNow => TrueNow + _error;

    public override TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
                return Stopwatch.GetElapsedTime(_start) + _jumps;
        }
    }

    public override string Epoch { get; } = Guid.NewGuid().ToString();

    /// <summary>Has the wall clock be wrong by so much.</summary>
    public void Set(TimeSpan error) => _error = error;

    /// <summary>Lets time pass at once.</summary>
    public void Jump(TimeSpan span)
    {
        lock (_gate)
        {
            _jumps += span;
            _jumped.SetResult();
            _jumped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public override async Task DelayAsync(TimeSpan pause, CancellationToken cancellation)
    {
        var end = Elapsed + pause;
        Interlocked.Increment(ref _pauses);
        try
        {
            await UntilAsync(end, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _pauses);
        }
    }

    private async Task UntilAsync(TimeSpan end, CancellationToken cancellation)
    {
        while (true)
        {
            Task jumped;
            lock (_gate)
                jumped = _jumped.Task;
            var left = end - Elapsed;
            if (left <= TimeSpan.Zero)
                return;
            using var woken = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            await Task.WhenAny(Task.Delay(left, woken.Token), jumped);
            await woken.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }
}

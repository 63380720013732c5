namespace Ingest.Bench.Tests;

/// <summary>A clock for one connection: waiting moves it on at once. Timers that nobody waits for fire when it passes them.</summary>
internal sealed class VirtualTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _deadlines = [];

    public TimeSpan Elapsed { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Elapsed.Ticks;

    public void Advance(TimeSpan by) => AdvanceTo(Elapsed + by);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(callback, state, Elapsed + dueTime);
        lock (_gate)
            _deadlines.Add(timer);
        // The deadline of a cancellation source is beyond every wait of a connection; all else is waited for.
        if (dueTime < TimeSpan.FromSeconds(20))
            ThreadPool.QueueUserWorkItem(_ => AdvanceTo(timer.DueAt));
        return timer;
    }

    private void AdvanceTo(TimeSpan time)
    {
        List<VirtualTimer> due;
        lock (_gate)
        {
            Elapsed = time > Elapsed ? time : Elapsed;
            due = [.. _deadlines.Where(timer => timer.DueAt <= Elapsed)];
            _deadlines.RemoveAll(due.Contains);
        }

        due.ForEach(timer => timer.Fire());
    }

    private sealed class VirtualTimer(TimerCallback callback, object? state, TimeSpan dueAt) : ITimer
    {
        private bool _isDisposed;

        public TimeSpan DueAt => dueAt;

        public void Fire()
        {
            if (!_isDisposed)
                callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

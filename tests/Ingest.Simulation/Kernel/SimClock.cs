namespace Ingest.Simulation;

/// <summary>
/// Clock and timers of a simulated process. Its wall clock may be wrong, drift and step; its timers and its timestamps
/// are those of a monotonic clock.
/// </summary>
internal sealed class SimClock(Simulation simulation, SimProcess process) : TimeProvider
{
    private TimeSpan _error;

    /// <summary>Wall clock of a process whose clock is right, at the start of a history.</summary>
    public static DateTimeOffset Start { get; } = new(2026, 11, 21, 20, 0, 0, TimeSpan.Zero);

    /// <summary>What the wall clock shows at the start of the history, after <see cref="Start"/>.</summary>
    public TimeSpan Offset { get; init; }

    /// <summary>Seconds that the wall clock gains in a second.</summary>
    public double Drift { get; set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Offset + _error + (simulation.Now * (1 + Drift));

    public override long GetTimestamp() => simulation.Now.Ticks;

    /// <summary>Sets the wall clock, to a time that is wrong by so much.</summary>
    public void SetWrongBy(TimeSpan error)
    {
        _error = error;
        simulation.Note(process.Name, $"its clock is wrong by {error} now");
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(simulation, process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(Simulation simulation, SimProcess process, TimerCallback callback, object? state) : ITimer
    {
        // What was scheduled before the last change must not ring.
        private int _version;
        private TimeSpan _period;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed)
                return false;
            _version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
                ScheduleIn(dueTime);
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _version++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void ScheduleIn(TimeSpan due) =>
            simulation.Schedule(process, due + simulation.Lag(), static ring => ((Ring)ring!).Fire(), new Ring(this, _version));

        private sealed record Ring(SimTimer Timer, int Version)
        {
            public void Fire()
            {
                if (Version != Timer._version)
                    return;
                if (Timer._period > TimeSpan.Zero)
                    Timer.ScheduleIn(Timer._period);
                Timer.Invoke();
            }
        }

        private void Invoke() => callback(state);
    }
}

using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>A clock that goes on by a millisecond a request, whose timers never fire.</summary>
internal sealed class FixedTime : TimeProvider
{
    private DateTimeOffset _now = new(2026, 11, 21, 20, 15, 3, TimeSpan.Zero);

    public Instant Now => Instant.From(_now);

    public void Step() => _now += TimeSpan.FromMilliseconds(1);

    public override DateTimeOffset GetUtcNow() => _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

    private sealed class NoTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

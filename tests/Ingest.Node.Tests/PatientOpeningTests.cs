using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>What a starting silo waits for, on a clock that jumps over every pause.</summary>
public sealed class PatientOpeningTests
{
    private readonly JumpingTime _time = new();
    private int _tries;

    [Fact]
    public async Task A_server_that_comes_back_is_waited_for()
    {
        await using var journal = new MemoryJournal();
        Assert.Same(journal, await OpenAsync(() => _tries == 5 ? journal : throw new JournalUnavailableException("still starting")));
        Assert.Equal(5, _tries);
    }

    [Fact]
    public async Task What_surely_does_not_pass_ends_it_at_once()
    {
        var fault = new JournalUnavailableException("Run: ./ingest db migrate", mayPass: false);
        Assert.Same(fault, await Assert.ThrowsAsync<JournalUnavailableException>(() => OpenAsync(() => throw fault)));
        Assert.Equal(1, _tries);
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
    }

    [Fact]
    public async Task Patience_ends_with_the_last_reason()
    {
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(() => OpenAsync(() => throw new JournalUnavailableException($"try {_tries}")));
        Assert.Equal($"try {_tries}", fault.Message);
        Assert.Equal(PatientOpening.Patience, _time.Elapsed);
    }

    private Task<IJournal> OpenAsync(Func<IJournal> open) => new PatientOpening(_time, new HostingLog(NullLogger.Instance)).OpenAsync(() =>
    {
        _tries++;
        return Task.FromResult(open());
    });

    /// <summary>A clock whose timers are due at once, and moves on by what they were set to.</summary>
    private sealed class JumpingTime : TimeProvider
    {
        private long _ticks;

        public TimeSpan Elapsed => new(Volatile.Read(ref _ticks));

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Volatile.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            return base.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }
}

using Ingest.Hosting;

namespace Ingest.Node.Tests;

/// <summary>A time-out that is used again is a new one to whom it is given.</summary>
public sealed class TimeoutsTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(50);

    private readonly Timeouts _timeouts = new(TimeProvider.System);

    [Fact]
    public async Task One_that_was_returned_does_not_end_in_its_old_time()
    {
        var first = _timeouts.Rent(Short);
        _timeouts.Return(first);
        var second = _timeouts.Rent(TimeSpan.FromHours(1));
        await Task.Delay(4 * Short, TestContext.Current.CancellationToken);
        Assert.False(second.IsCancellationRequested);
        _timeouts.Return(second);
    }

    [Fact]
    public async Task One_that_is_used_again_ends_in_its_new_time()
    {
        var first = _timeouts.Rent(TimeSpan.FromHours(1));
        _timeouts.Return(first);
        var second = _timeouts.Rent(Short);
        Assert.Same(first, second);
        await EndOf(second.Token);
    }

    [Fact]
    public async Task One_that_ended_is_not_given_out_again()
    {
        var ended = _timeouts.Rent(Short);
        await EndOf(ended.Token);
        _timeouts.Return(ended);
        var next = _timeouts.Rent(TimeSpan.FromHours(1));
        Assert.NotSame(ended, next);
        Assert.False(next.IsCancellationRequested);
        _timeouts.Return(next);
    }

    [Fact]
    public void Who_registered_with_one_hears_nothing_once_it_is_another_s()
    {
        var heard = false;
        var first = _timeouts.Rent(TimeSpan.FromHours(1));
        first.Token.Register(() => heard = true);
        _timeouts.Return(first);
        var second = _timeouts.Rent(TimeSpan.FromHours(1));
        Assert.Same(first, second);
        second.Cancel();
        Assert.False(heard);
        _timeouts.Return(second);
    }

    [Fact]
    public async Task Timers_of_another_clock_are_made_by_it()
    {
        var time = new CountingTime();
        var timeouts = new Timeouts(time);
        for (var round = 1; round <= 3; round++)
        {
            var timeout = timeouts.Rent(Short);
            Assert.Equal(round, time.Timers);
            await EndOf(timeout.Token);
            timeouts.Return(timeout);
        }
    }

    private static Task EndOf(CancellationToken token)
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(end.SetResult);
        return end.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    private sealed class CountingTime : TimeProvider
    {
        public int Timers { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Timers++;
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}

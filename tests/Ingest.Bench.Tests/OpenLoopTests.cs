namespace Ingest.Bench.Tests;

public sealed class OpenLoopTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public async Task Requests_come_due_at_the_rate()
    {
        var sentAt = new List<TimeSpan>();
        var result = await RunAsync(10, TimeSpan.FromSeconds(2), () =>
        {
            sentAt.Add(_time.Elapsed);
            return TimeSpan.Zero;
        });
        Assert.Equal(Enumerable.Range(0, 20).Select(number => TimeSpan.FromMilliseconds(100 * number)), sentAt);
        Assert.Equal(20, result.Events);
        Assert.Equal(0, result.Failures);
        Assert.InRange(result.P99, 0, 0.1);
    }

    [Fact]
    public async Task A_stall_counts_against_all_that_came_due_meanwhile()
    {
        // One connection, ten requests a second, the first of which takes 1.2 s: the next ones take 1.1 s, 1.0 s and so on.
        var isFirst = true;
        var result = await RunAsync(10, TimeSpan.FromSeconds(2), () =>
        {
            var takes = isFirst ? TimeSpan.FromSeconds(1.2) : TimeSpan.Zero;
            isFirst = false;
            return takes;
        });
        Assert.Equal(20, result.Events);
        Assert.InRange(result.P99, 1199, 1201);
        // Twelve of twenty came due in the stall; the other eight took no time.
        Assert.InRange(result.P50, 199, 201);
    }

    [Fact]
    public async Task What_cannot_be_sent_in_time_is_a_failure()
    {
        // Each takes 10 s; after the load of 20 s late ones are sent for another 30 s.
        var result = await RunAsync(1, TimeSpan.FromSeconds(20), () => TimeSpan.FromSeconds(10));
        Assert.Equal(20, result.AllEvents + result.Failures);
        Assert.Equal(5, result.AllEvents);
        Assert.Equal(2, result.Events);
    }

    [Fact]
    public async Task Refusals_are_failures_and_have_no_time()
    {
        var result = await OpenLoop.RunAsync(
            [_ => ValueTask.FromResult(new Answer(503, 1, 100))], 10, TimeSpan.FromSeconds(1), _time, TestContext.Current.CancellationToken);
        Assert.Equal(new LoadResult(0, 0, 0, 1, 10, 0, 0), result);
    }

    private Task<LoadResult> RunAsync(double requestsPerSecond, TimeSpan time, Func<TimeSpan> send) => OpenLoop.RunAsync(
        [
            _ =>
            {
                _time.Advance(send());
                return ValueTask.FromResult(new Answer(200, 1, 100));
            },
        ],
        requestsPerSecond, time, _time, TestContext.Current.CancellationToken);
}

namespace Ingest.Tracker.Tests;

/// <summary>Which collector is chosen, and when one that failed is tried again.</summary>
public sealed class EndpointPoolTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly TestClock _clock = new();

    [Fact]
    public void Trackers_spread_by_weight()
    {
        var random = new Random(1);
        var chosen = Enumerable.Range(0, 10_000)
            .Select(_ => Pool(random, ("a", 95), ("b", 5), ("standby", 0)).Choose()!.Url.Host).CountBy(host => host)
            .ToDictionary(StringComparer.Ordinal);
        Assert.InRange(chosen["a"], 9_300, 9_700);
        Assert.InRange(chosen["b"], 300, 700);
        Assert.DoesNotContain("standby", chosen.Keys);
    }

    [Fact]
    public void A_tracker_stays_with_its_choice_for_a_while()
    {
        var pool = Pool(new Random(2), ("a", 1), ("b", 1));
        var first = pool.Choose();
        for (var i = 0; i < 50; i++)
            Assert.Same(first, pool.Choose());

        var later = Enumerable.Range(0, 50).Select(_ =>
        {
            _clock.Advance(TimeSpan.FromMinutes(11));
            return pool.Choose()!.Url.Host;
        });
        Assert.Equal(2, later.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void The_same_endpoints_again_change_no_choice()
    {
        var pool = Pool(new Random(7), ("a", 1), ("b", 1));
        var first = pool.Choose();
        for (var i = 0; i < 50; i++)
        {
            pool.Replace([Endpoint(("a", 1)), Endpoint(("b", 1))]);
            Assert.Same(first, pool.Choose());
        }
    }

    [Fact]
    public void One_that_fails_is_left_for_another_at_once_and_tried_again_later()
    {
        var pool = Pool(new Random(3), ("a", 1_000_000), ("standby", 0));
        var a = pool.Choose()!;
        pool.Failed(a, Second, null);
        var standby = pool.Choose()!;
        Assert.Equal(("a", "standby"), (a.Url.Host, standby.Url.Host));

        _clock.Advance(Second);
        Assert.Same(a, pool.Choose());
    }

    [Fact]
    public void When_all_fail_the_first_to_be_free_again_is_waited_for()
    {
        var pool = Pool(new Random(4), ("a", 1), ("b", 1));
        var first = pool.Choose()!;
        pool.Failed(first, Second, null);
        var second = pool.Choose()!;
        pool.Failed(second, TimeSpan.FromMinutes(1), null);

        Assert.Null(pool.Choose());
        Assert.InRange(pool.UntilNext(), 0.5 * Second, Second);
        _clock.Advance(pool.UntilNext());
        Assert.Same(first, pool.Choose());
    }

    [Fact]
    public void A_success_ends_the_doubling()
    {
        var pool = Pool(new Random(5), ("a", 1));
        var a = pool.Choose()!;
        for (var i = 0; i < 6; i++)
            pool.Failed(a, Second, null);
        Assert.InRange(pool.UntilNext(), 16 * Second, 32 * Second);
        EndpointPool.Worked(a);
        pool.Failed(a, Second, null);
        Assert.InRange(pool.UntilNext(), 0.5 * Second, Second);
    }

    [Fact]
    public void Other_weights_take_effect_at_once_and_keep_what_is_known()
    {
        var pool = Pool(new Random(6), ("a", 1), ("b", 0));
        var a = pool.Choose()!;
        Assert.Equal("a", a.Url.Host);
        pool.Replace([Endpoint(("a", 0)), Endpoint(("b", 1))]);
        Assert.Equal("b", pool.Choose()!.Url.Host);

        pool.Failed(pool.Choose()!, Second, null);
        pool.Failed(pool.Choose()!, Second, null);
        pool.Replace([Endpoint(("a", 1)), Endpoint(("b", 1))]);
        Assert.Null(pool.Choose());
    }

    [Fact]
    public async Task Events_go_to_another_endpoint_while_the_first_fails()
    {
        await using var bench = new Bench();
        bench.Collector.Script = post => post.Address.Host == "a.test"
            ? throw new HttpRequestException("connection refused")
            : new(200);
        var tracker = bench.Open(options =>
        {
            options.Endpoints = [new TrackerEndpoint("http://a.test"), new TrackerEndpoint("http://standby.test", 0)];
            options.BatchDelay = TimeSpan.Zero;
        });
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);
        Assert.Equal(["a.test", "standby.test"], bench.Collector.Posts.Select(post => post.Address.Host));
        Assert.Empty(bench.Clock.Pauses);
    }

    private static TrackerEndpoint Endpoint((string Host, int Weight) endpoint) => new($"http://{endpoint.Host}/", endpoint.Weight);

    private EndpointPool Pool(Random random, params (string Host, int Weight)[] endpoints) => new(
        new TrackerOptions { Endpoints = [.. endpoints.Select(Endpoint)], Clock = _clock }, random);
}

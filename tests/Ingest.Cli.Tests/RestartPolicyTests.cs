namespace Ingest.Cli.Tests;

public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(5);

    [Fact]
    public void Pauses_double_up_to_half_a_minute_and_then_it_is_given_up()
    {
        var policy = new RestartPolicy();
        var pauses = Enumerable.Range(0, RestartPolicy.TriesMax - 1).Select(_ => policy.Died(Short)!.Value.TotalSeconds);
        Assert.Equal([1, 2, 4, 8, 16, 30, 30], pauses);
        Assert.Null(policy.Died(Short));
    }

    [Fact]
    public void A_run_that_was_steady_starts_the_count_anew()
    {
        var policy = new RestartPolicy();
        for (var death = 1; death < RestartPolicy.TriesMax; death++)
            policy.Died(Short);
        Assert.Equal(TimeSpan.FromSeconds(1), policy.Died(RestartPolicy.SteadyAfter));
        Assert.Equal(TimeSpan.FromSeconds(2), policy.Died(Short));
    }
}

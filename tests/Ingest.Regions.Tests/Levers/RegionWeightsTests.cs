namespace Ingest.Regions.Tests;

public sealed class RegionWeightsTests
{
    private static readonly string[] Regions = ["us-east-1", "us-west-2"];

    [Fact]
    public void Words_in_any_order_are_read()
    {
        Assert.True(RegionWeights.TryParse(["us-west-2=5", "us-east-1=95"], Regions, out var weights, out _));
        Assert.Equal("us-east-1=95 us-west-2=5", weights.ToString());
        Assert.Equal(new RegionWeights([new("us-west-2", 5), new("us-east-1", 95)]), weights);
    }

    [Theory]
    [InlineData("sum to 99", "us-east-1=95", "us-west-2=4")]
    [InlineData("us-east=95", "us-east=95", "us-west-2=5")]
    [InlineData("US-EAST-1=95", "US-EAST-1=95", "us-west-2=5")]
    [InlineData("us-west-2 is missing", "us-east-1=100")]
    [InlineData("twice", "us-east-1=50", "us-east-1=50")]
    [InlineData("whole percentage", "us-east-1=95.5", "us-west-2=4.5")]
    [InlineData("whole percentage", "us-east-1=-5", "us-west-2=105")]
    [InlineData("REGION=PERCENT", "us-east-1", "us-west-2=5")]
    public void A_typo_is_named_and_moves_nothing(string problem, params string[] words)
    {
        Assert.False(RegionWeights.TryParse(words, Regions, out _, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_live_region_keeps_a_share_and_a_dead_one_gets_none()
    {
        var present = new RegionWeights([new("us-east-1", 95), new("us-west-2", 5)]);
        var ready = new Probe(true);
        Assert.Contains("live", Assert.Single(Objections(present.AllTo("us-east-1"), ready, ready)), StringComparison.Ordinal);
        Assert.Empty(Objections(present.AllTo("us-east-1"), ready, Probe.Unreachable("gone")));
        Assert.Contains("cannot store", Assert.Single(Objections(present.With(_ => 50), ready, Probe.Unreachable("gone"))), StringComparison.Ordinal);
        Assert.Contains("own checks say", Assert.Single(Objections(present.With(_ => 50), ready, ready, VantageHealth.Down)), StringComparison.Ordinal);
        Assert.Empty(Objections(present.With(_ => 50), ready, ready));

        IEnumerable<string> Objections(RegionWeights wanted, Probe east, Probe west, VantageHealth witness = VantageHealth.Up) => LeverRules.Objections(
            present, wanted, _ => witness, new Dictionary<string, Probe>(StringComparer.Ordinal) { ["us-east-1"] = east, ["us-west-2"] = west });
    }
}

namespace Ingest.Regions.Tests;

/// <summary>
/// Two watchers and one lever on a virtual clock, with faults by chance: regions that fail, lines that are cut, readings,
/// moves and answers that are lost, people who move the lever, watchers that start anew.
/// </summary>
public sealed class TwoWatchersTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void They_never_flap_never_fight_and_never_send_traffic_to_a_region_that_is_not_ready(int seed)
    {
        var world = new RegionWorld(new Random(seed));
        world.Run(TimeSpan.FromHours(6), withFaults: true);
        Assert.True(world.Violations.Count == 0, string.Join('\n', world.Violations));
        Assert.NotEqual(0, world.Looks);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Once_the_faults_are_over_they_agree_on_the_normal_weights(int seed)
    {
        var world = new RegionWorld(new Random(seed)) { HasPeople = false, HasRestarts = false };
        world.Run(TimeSpan.FromHours(2), withFaults: true);
        world.Heal();
        world.Run(TimeSpan.FromHours(1), withFaults: false);
        Assert.True(world.Violations.Count == 0, string.Join('\n', world.Violations));
        Assert.Equal(RegionWorld.Normal, world.Lever);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_region_that_dies_loses_its_traffic_and_gets_it_back(int region)
    {
        var world = new RegionWorld(new Random(region));
        world.Run(TimeSpan.FromMinutes(10), withFaults: false);
        world.IsUp[region] = false;
        world.Run(TimeSpan.FromMinutes(2), withFaults: false);
        Assert.Equal(RegionWorld.Normal.AllTo(RegionWorld.Names[1 - region]), world.Lever);
        world.IsUp[region] = true;
        world.Run(TimeSpan.FromMinutes(30), withFaults: false);
        Assert.Equal(RegionWorld.Normal, world.Lever);
        Assert.True(world.Violations.Count == 0, string.Join('\n', world.Violations));
    }

    [Fact]
    public void Where_only_the_line_between_the_regions_is_cut_nothing_moves()
    {
        var world = new RegionWorld(new Random(1)) { IsLineCut = true };
        world.Run(TimeSpan.FromHours(2), withFaults: false);
        Assert.Equal(0, world.Moves);
    }

    [Fact]
    public void Moves_are_made_at_all()
    {
        var moves = Enumerable.Range(1, 10).Sum(seed =>
        {
            var world = new RegionWorld(new Random(seed));
            world.Run(TimeSpan.FromHours(6), withFaults: true);
            return world.Moves;
        });
        Assert.True(moves > 10, $"Only {moves} moves: the faults missed the watchers.");
    }
}

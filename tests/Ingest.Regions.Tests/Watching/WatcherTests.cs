namespace Ingest.Regions.Tests;

/// <summary>One watcher, look by look.</summary>
public sealed class WatcherTests
{
    private const string Here = "us-west-2";
    private const string There = "us-east-1";

    private static readonly RegionWeights Normal = Weights(95, 5);
    private static readonly WatcherOptions Options = new()
    {
        IsAutomatic = true,
        Period = TimeSpan.FromSeconds(5),
        DownAfter = TimeSpan.FromSeconds(30),
        UpAfter = TimeSpan.FromSeconds(60),
        Hold = TimeSpan.FromSeconds(120),
        Steps = [25],
    };

    private static readonly Probe Ready = new(true);
    private static readonly Probe Silent = Probe.Unreachable("no answer");

    private readonly Watcher _watcher = new(Here, There, Normal, Options);
    private TimeSpan _now;
    private RegionWeights _lever = Normal;

    [Fact]
    public void Two_regions_that_are_well_are_left_alone()
    {
        Assert.All(Look(Ready, VantageHealth.Up, times: 100), decision => Assert.Equal((DecisionKind.Keep, Cause.AllWell), (decision.Kind, decision.Cause)));
    }

    [Fact]
    public void Traffic_leaves_a_region_that_is_down_for_both_witnesses_after_the_time_set_and_not_before()
    {
        var early = Look(Silent, VantageHealth.Down, times: 6);
        Assert.All(early, decision => Assert.Equal(Cause.DownNotYetLong, decision.Cause));
        var move = Assert.Single(Look(Silent, VantageHealth.Down));
        Assert.Equal((DecisionKind.MoveAway, Weights(0, 100)), (move.Kind, move.Wanted));
        Assert.Equal(Normal, move.Present);
    }

    [Fact]
    public void One_good_answer_begins_the_wait_anew()
    {
        Look(Silent, VantageHealth.Down, times: 6);
        Look(Ready, VantageHealth.Down);
        Assert.All(Look(Silent, VantageHealth.Down, times: 6), decision => Assert.Equal(DecisionKind.Keep, decision.Kind));
        Assert.Equal(DecisionKind.MoveAway, Look(Silent, VantageHealth.Down)[0].Kind);
    }

    [Theory]
    [InlineData(VantageHealth.Up, Cause.WitnessSaysUp)]
    [InlineData(VantageHealth.Unknown, Cause.WitnessDisagrees)]
    public void A_watcher_that_is_alone_in_its_view_keeps_still(VantageHealth witness, Cause cause)
    {
        Assert.All(Look(Silent, witness, times: 100), decision => Assert.Equal((DecisionKind.Keep, cause), (decision.Kind, decision.Cause)));
    }

    [Fact]
    public void Nothing_goes_to_a_region_that_cannot_store()
    {
        Assert.All(Look(Silent, VantageHealth.Down, times: 100, isSelfReady: false), decision => Assert.Equal(Cause.SelfNotReady, decision.Cause));
        Assert.All(Look(Silent, VantageHealth.Down, times: 100, self: VantageHealth.Down), decision => Assert.Equal(Cause.SelfNotReady, decision.Cause));
    }

    [Fact]
    public void A_move_that_is_undone_before_the_next_look_is_held_all_the_same()
    {
        MoveAway();
        _watcher.Moved(_now, _lever);
        _lever = Normal;
        Assert.All(Look(Silent, VantageHealth.Down, times: 20), decision => Assert.Equal(Cause.Hold, decision.Cause));
        Assert.Contains(Look(Silent, VantageHealth.Down, times: 20), decision => decision.Kind == DecisionKind.MoveAway);
    }

    [Fact]
    public void Traffic_comes_back_in_steps_each_held()
    {
        MoveAway();
        var moves = new List<(TimeSpan At, RegionWeights Wanted)>();
        for (var look = 0; look < 200; look++)
        {
            if (Look(Ready, VantageHealth.Up)[0] is { Wanted: { } wanted, Kind: DecisionKind.MoveBack })
            {
                moves.Add((_now, wanted));
                _lever = wanted;
            }
        }

        Assert.Equal([Weights(23, 77), Normal], moves.Select(move => move.Wanted));
        Assert.True(moves[1].At - moves[0].At >= Options.Hold);
    }

    [Fact]
    public void A_setting_by_hand_stays()
    {
        _lever = Weights(50, 50);
        Assert.All(Look(Silent, VantageHealth.Down, times: 100), decision => Assert.Equal((DecisionKind.Keep, Cause.SetByHand), (decision.Kind, decision.Cause)));
        _lever = Normal;
        Assert.Contains(Look(Silent, VantageHealth.Down, times: 100), decision => decision.Kind == DecisionKind.MoveAway);
    }

    [Fact]
    public void A_setting_by_hand_while_traffic_is_away_stays_too()
    {
        MoveAway();
        Look(Silent, VantageHealth.Down);
        _lever = Weights(10, 90);
        Assert.All(Look(Ready, VantageHealth.Up, times: 200), decision => Assert.Equal(Cause.SetByHand, decision.Cause));
    }

    [Fact]
    public void A_full_drain_by_hand_is_not_taken_for_the_others_own()
    {
        // The other region's watcher answers, and does not claim the setting.
        _lever = Weights(100, 0);
        Assert.All(Look(Ready, VantageHealth.Up, times: 200), decision => Assert.Equal(Cause.SetByHand, decision.Cause));
        Assert.All(Look(Silent, VantageHealth.Down, times: 200), decision => Assert.Equal(Cause.SetByHand, decision.Cause));
    }

    [Fact]
    public void Where_the_region_that_took_over_dies_too_traffic_comes_here()
    {
        var theirs = Weights(100, 0);
        _lever = theirs;
        Look(Ready with { Automatic = theirs }, VantageHealth.Up, times: 30);
        Assert.Contains(Look(Silent, VantageHealth.Down, times: 30), decision => decision.Wanted is { } wanted && wanted.Equals(Weights(0, 100)));
    }

    [Fact]
    public void A_move_whose_answer_was_lost_is_still_this_watchers()
    {
        MoveAway();
        Look(Silent, VantageHealth.Down);
        Assert.Equal(Weights(0, 100), _watcher.Automatic);
        _lever = Normal;
        Look(Ready, VantageHealth.Up);
        Assert.Null(_watcher.Automatic);
    }

    [Fact]
    public void A_watcher_that_starts_anew_brings_back_only_what_it_knows_to_be_its_own()
    {
        _lever = Weights(0, 100);
        Assert.All(Look(Ready, VantageHealth.Up, times: 200), decision => Assert.Equal(Cause.SetByHand, decision.Cause));

        var resumed = new Watcher(Here, There, Normal, Options);
        resumed.Resume(_lever, _now - TimeSpan.FromMinutes(1));
        var decisions = Look(Ready, VantageHealth.Up, times: 200, watcher: resumed);
        Assert.Contains(decisions, decision => decision.Kind == DecisionKind.MoveBack);
    }

    [Fact]
    public void What_was_seen_before_the_process_stood_still_does_not_count()
    {
        Look(Silent, VantageHealth.Down, times: 6);
        _now += TimeSpan.FromMinutes(10);
        Assert.Equal(Cause.DownNotYetLong, Look(Silent, VantageHealth.Down)[0].Cause);
    }

    [Fact]
    public void A_lever_without_any_share_gets_the_normal_weights()
    {
        _lever = Weights(0, 0);
        Assert.Equal((DecisionKind.Restore, Normal), (Look(Ready, VantageHealth.Up)[0].Kind, Look(Ready, VantageHealth.Up)[0].Wanted));
    }

    [Fact]
    public void Off_means_off()
    {
        var off = new Watcher(Here, There, Normal, Options with { IsAutomatic = false });
        Assert.All(Look(Silent, VantageHealth.Down, times: 100, watcher: off), decision => Assert.Equal(Cause.Off, decision.Cause));
    }

    private static RegionWeights Weights(int there, int here) => new([new(There, there), new(Here, here)]);

    private void MoveAway()
    {
        _lever = Look(Silent, VantageHealth.Down, times: 7)[^1].Wanted!;
        Assert.Equal(Weights(0, 100), _lever);
    }

    private List<Decision> Look(
        Probe other,
        VantageHealth witness,
        int times = 1,
        bool isSelfReady = true,
        VantageHealth self = VantageHealth.Up,
        Watcher? watcher = null)
    {
        var decisions = new List<Decision>();
        for (var look = 0; look < times; look++)
        {
            _now += Options.Period;
            var health = new Dictionary<string, VantageHealth>(StringComparer.Ordinal) { [Here] = self, [There] = witness };
            decisions.Add((watcher ?? _watcher).Observe(new Observation(_now, isSelfReady, other, new LeverReading(_lever, health))));
        }

        return decisions;
    }
}

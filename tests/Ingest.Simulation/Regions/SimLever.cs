using System.Globalization;
using Ingest.Regions;

namespace Ingest.Simulation;

/// <summary>What divides clients among the regions, and its own view of them. Holds the watchers to their rules.</summary>
internal sealed class SimLever(Simulation simulation, RegionsPlan plan)
{
    private TimeSpan? _movedAt;
    private bool _isByHand;

    public RegionWeights Weights { get; private set; } = plan.Normal;

    /// <summary>Its checks say nothing.</summary>
    public bool IsBlind { get; set; }

    /// <summary>Its checks do not reach this region.</summary>
    public string? CutFrom { get; set; }

    /// <summary>A region as it sees it.</summary>
    public VantageHealth HealthOf(World world) =>
        IsBlind ? VantageHealth.Unknown
        : CutFrom != world.Region!.Name && world.IsReady ? VantageHealth.Up
        : VantageHealth.Down;

    /// <summary>A watcher decided: is it right?</summary>
    /// <param name="decision">The decision, with weights to set.</param>
    /// <param name="self">Its region.</param>
    /// <param name="other">The one that it watches.</param>
    /// <param name="knowsSince">Since when it has read the lever; null where it never did.</param>
    /// <param name="lastMove">When it last moved the lever itself, and heard that it did; null where it never did.</param>
    public void Judge(Decision decision, World self, World other, TimeSpan? knowsSince, TimeSpan? lastMove)
    {
        var who = $"the watcher of {self.Region!.Name} sets {decision.Wanted} over {decision.Present}";
        if (_isByHand)
            simulation.Fail("what a person set stays", who);
        // A move that stands is seen by every watcher that looked before it. What a person undid between two looks is not.
        foreach (var last in new[] { knowsSince < _movedAt ? _movedAt : null, lastMove })
        {
            if (simulation.Now - last < plan.Watching.Hold)
                simulation.Fail("weights do not flap", string.Create(CultureInfo.InvariantCulture, $"{who}, {(simulation.Now - last)?.TotalSeconds:F1} s after the last move"));
        }

        if (decision.Kind == DecisionKind.MoveAway && HealthOf(other) != VantageHealth.Down)
            simulation.Fail("traffic leaves a region only where the witness agrees", who);
        if (new[] { self, other }.FirstOrDefault(world => decision.Wanted![world.Region!.Name] == decision.Wanted.Sum) is { IsReady: false } only)
            simulation.Fail("never all traffic to a region that is not ready", $"{who}, and {only.Region!.Name} is not ready");
    }

    /// <summary>Changes the weights where they are still as the caller saw them.</summary>
    /// <returns>Whether it did.</returns>
    public bool Set(RegionWeights present, RegionWeights wanted)
    {
        if (!Weights.Equals(present))
            return false;
        Change(wanted, isByHand: false);
        return true;
    }

    public void SetByHand(RegionWeights wanted) => Change(wanted, isByHand: true);

    /// <summary>Weights that a watcher should put back by now; null where none should.</summary>
    public string? WhatIsAway() => _isByHand || Weights.Equals(plan.Normal) ? null : $"the weights are {Weights} though both regions are well";

    private void Change(RegionWeights wanted, bool isByHand)
    {
        if (wanted.Equals(Weights))
            return;
        simulation.Note("lever", $"{Weights} becomes {wanted}{(isByHand ? " by hand" : "")}");
        (Weights, _isByHand) = (wanted, isByHand && !wanted.Equals(plan.Normal));
        _movedAt = isByHand ? null : simulation.Now;
    }
}

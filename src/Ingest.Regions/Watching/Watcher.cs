using System.Globalization;

namespace Ingest.Regions;

/// <summary>
/// Decides when traffic leaves the other region, and when it comes back. Two of them, one in each region, share a lever and
/// need no word with each other to be safe:
/// <list type="bullet">
/// <item>Traffic leaves a region only where this watcher and the lever's own checks say that it is down, for
/// <see cref="WatcherOptions.DownAfter"/> on end, and this region is ready by both. Where only the line between the regions is
/// cut, the checks say so, and both keep what they have: both can store, and what the receiver took is delivered later.</item>
/// <item>A watcher only moves away from the other region and back to it, and only from the normal weights or from what a watcher
/// set. Anything else is a person's setting, which stays until the normal weights are back.</item>
/// <item>After any change that it sees, a watcher keeps still for <see cref="WatcherOptions.Hold"/>.</item>
/// </list>
/// No clock, no I/O: looks come in, decisions go out. The caller carries each one out before the next look, by a
/// compare-and-set on <see cref="Decision.Present"/>. Where it knows that this worked it says so (<see cref="Moved"/>); where it
/// does not know, the next reading of the lever shows it.
/// </summary>
/// <param name="self">The watcher's own region.</param>
/// <param name="other">The region that it watches.</param>
/// <param name="normal">The weights while both are well.</param>
/// <param name="options">Thresholds.</param>
public sealed class Watcher(string self, string other, RegionWeights normal, WatcherOptions options)
{
    private Streak _down;
    private Streak _up;
    private TimeSpan? _lookedAt;
    private TimeSpan? _readAt;
    private TimeSpan? _changedAt;
    private RegionWeights? _seen;
    private RegionWeights? _mine;
    private RegionWeights? _theirs;
    private (RegionWeights Wanted, TimeSpan At)? _intent;

    /// <summary>The setting that this watcher made and that stands; null where it made none. The other watcher is told of it.</summary>
    public RegionWeights? Automatic => _mine;

    /// <summary>
    /// Goes on where an earlier run of this watcher left off, as soon as its records can be read. Where the lever stands
    /// elsewhere by now, or was seen to move, it changes nothing.
    /// </summary>
    /// <param name="mine">What it set last.</param>
    /// <param name="at">When, on the clock of the looks; may be below zero.</param>
    public void Resume(RegionWeights mine, TimeSpan at)
    {
        if (_changedAt is not null || (_seen is not null && !_seen.Equals(mine)) || mine.Equals(normal))
            return;
        (_seen, _mine, _changedAt) = (mine, mine, at);
    }

    /// <summary>
    /// Takes note that a decision was carried out, and read back. A change that is undone before the next look would else
    /// look as if it had never been made, and be made again at once.
    /// </summary>
    /// <param name="at">When, on the clock of the looks.</param>
    /// <param name="wanted">The weights that stood then.</param>
    public void Moved(TimeSpan at, RegionWeights wanted)
    {
        (_seen, _changedAt, _readAt) = (wanted, at, at);
        (_mine, _theirs) = (wanted.Equals(normal) ? null : wanted, null);
    }

    /// <summary>Takes note of a look and decides.</summary>
    public Decision Observe(Observation look)
    {
        NoteHealth(look);
        if (look.Lever is not { Weights: var present })
            return new Decision(DecisionKind.Keep, Cause.LeverUnreadable, "The lever cannot be read.", null);
        NoteSetting(look, present);
        var decision = Decide(look, look.Lever);
        if (decision.Wanted is { } wanted)
            _intent = (wanted, look.At);
        return decision;
    }

    private Decision Decide(Observation look, LeverReading lever)
    {
        var present = lever.Weights;
        if (!options.IsAutomatic)
            return Keep(Cause.Off, "Automatic failover is off.");
        if (present.Sum == 0)
            return new Decision(DecisionKind.Restore, Cause.NoShare, "No region has a share of the traffic; the normal weights are put back.", present, normal);
        if (!present.Equals(normal) && !present.Equals(_mine) && !present.Equals(_theirs))
            return Keep(Cause.SetByHand, $"The weights {present} were set by hand; ./ingest lever auto puts {normal} back, and the automatic in force.");
        if (present[other] > 0 && IsSeenDown(look))
            return DecideAway(look, lever);
        return present.Equals(_mine) ? DecideBack(look, lever) : Describe(look, lever);

        Decision Keep(Cause cause, string reason) => new(DecisionKind.Keep, cause, reason, present);
    }

    /// <summary>The other region has a share, and does not answer that it is ready.</summary>
    private Decision DecideAway(Observation look, LeverReading lever)
    {
        var present = lever.Weights;
        if (lever.HealthOf(other) != VantageHealth.Down)
        {
            return lever.HealthOf(other) == VantageHealth.Up
                ? Keep(Cause.WitnessSaysUp, $"{other} is not ready as seen from {self} ({look.Other.Why}), but is up as the lever sees it: perhaps only the line between the regions is cut, and both can store.")
                : Keep(Cause.WitnessDisagrees, $"{other} is not ready as seen from {self} ({look.Other.Why}), but the lever does not say how it is.");
        }

        if (!IsSelfUp(look, lever))
            return Keep(Cause.SelfNotReady, $"{other} is down, but {self} is not ready to take its traffic.");
        if (!_down.IsAsLongAs(look.At, options.DownAfter))
            return Keep(Cause.DownNotYetLong, $"{other} is down ({look.Other.Why}), not yet for {Text(options.DownAfter)}.");
        if (IsHeld(look.At))
            return Keep(Cause.Hold, $"{other} is down ({look.Other.Why}), but the lever was moved less than {Text(options.Hold)} ago.");
        return new Decision(
            DecisionKind.MoveAway,
            Cause.Down,
            $"{other} is down for {Text(options.DownAfter)} as seen from {self} ({look.Other.Why}) and by the lever's own checks; {self} is ready.",
            present,
            normal.AllTo(self));

        Decision Keep(Cause cause, string reason) => new(DecisionKind.Keep, cause, reason, present);
    }

    /// <summary>This watcher took traffic away from the other region, which is not seen down any more, or has no share.</summary>
    private Decision DecideBack(Observation look, LeverReading lever)
    {
        var present = lever.Weights;
        if (!IsOtherUp(look, lever))
            return Keep(Cause.DownAndAway, $"Traffic stays away from {other}: it is not ready as seen from {self}, or by the lever's own checks.");
        if (!_up.IsAsLongAs(look.At, options.UpAfter))
            return Keep(Cause.UpNotYetLong, $"{other} is ready again, not yet for {Text(options.UpAfter)}.");
        if (IsHeld(look.At))
            return Keep(Cause.Hold, $"{other} is ready again, but the lever was moved less than {Text(options.Hold)} ago.");
        return new Decision(
            DecisionKind.MoveBack,
            Cause.Up,
            $"{other} is ready for {Text(options.UpAfter)} as seen from {self} and by the lever's own checks.",
            present,
            NextStep(present));

        Decision Keep(Cause cause, string reason) => new(DecisionKind.Keep, cause, reason, present);
    }

    /// <summary>Nothing of this watcher's to do.</summary>
    private Decision Describe(Observation look, LeverReading lever)
    {
        var present = lever.Weights;
        var (cause, reason) = !present.Equals(normal) ? (Cause.SetByOther, $"The watcher of {other} set {present}, and will put {normal} back.")
            : IsOtherUp(look, lever) ? (Cause.AllWell, "Both regions are ready.")
            : (Cause.WitnessDisagrees, $"{other} is ready as seen from {self}, but {Text(lever.HealthOf(other))} as the lever sees it.");
        return new Decision(DecisionKind.Keep, cause, reason, present);
    }

    /// <summary>The next weights on the way back: a step above the present one, or the normal ones.</summary>
    private RegionWeights NextStep(RegionWeights present)
    {
        foreach (var step in options.Steps)
        {
            var share = normal[other] * step / 100;
            if (share > present[other])
                return normal.With(region => region == other ? share : 100 - share);
        }

        return normal;
    }

    private void NoteHealth(Observation look)
    {
        if (_lookedAt is { } before && look.At - before > options.GapMax)
        {
            _down.Break();
            _up.Break();
        }

        _lookedAt = look.At;
        var lever = look.Lever;
        _down.Observe(look.At, lever is not null && IsSeenDown(look) && lever.HealthOf(other) == VantageHealth.Down && IsSelfUp(look, lever));
        _up.Observe(look.At, lever is not null && IsOtherUp(look, lever));
    }

    private void NoteSetting(Observation look, RegionWeights present)
    {
        // Whatever was not seen may have been moved, and moved back.
        if (_readAt is { } before && look.At - before > options.GapMax)
            _changedAt = look.At;
        _readAt = look.At;
        if (!present.Equals(_seen))
        {
            // The first reading is no change: nobody can say how long it has stood.
            if (_seen is not null)
                _changedAt = look.At;
            _seen = present;
            _mine = IsIntended(look.At, present) ? present : null;
            _theirs = null;
        }

        if (look.Other.HasAnswered)
            _theirs = present.Equals(look.Other.Automatic) ? present : null;
    }

    /// <summary>A change whose answer was lost is this watcher's all the same.</summary>
    private bool IsIntended(TimeSpan at, RegionWeights present) =>
        _intent is { } intent && intent.Wanted.Equals(present) && !present.Equals(normal) && at - intent.At <= options.Hold;

    private bool IsHeld(TimeSpan at) => _changedAt is { } changed && at - changed < options.Hold;

    private static bool IsSeenDown(Observation look) => !look.Other.IsReady;

    private bool IsSelfUp(Observation look, LeverReading lever) => look.IsSelfReady && lever.HealthOf(self) == VantageHealth.Up;

    private bool IsOtherUp(Observation look, LeverReading lever) => look.Other.IsReady && lever.HealthOf(other) == VantageHealth.Up;

    private static string Text(VantageHealth health) => health switch
    {
        VantageHealth.Up => "up",
        VantageHealth.Down => "down",
        _ => "unknown",
    };

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");
}

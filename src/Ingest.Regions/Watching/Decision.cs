namespace Ingest.Regions;

/// <summary>What a watcher makes of what it saw.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Cause">Why, for the comparison with the decision before.</param>
/// <param name="Reason">Why, for people: one sentence.</param>
/// <param name="Present">The weights that the decision rests on; null where they are not known.</param>
/// <param name="Wanted">The weights to set, where <paramref name="Present"/> still holds; null where nothing is to be done.</param>
public sealed record Decision(DecisionKind Kind, Cause Cause, string Reason, RegionWeights? Present, RegionWeights? Wanted = null);

/// <summary>What is to be done with the lever.</summary>
public enum DecisionKind
{
    /// <summary>Nothing.</summary>
    Keep,

    /// <summary>All traffic leaves the other region.</summary>
    MoveAway,

    /// <summary>Traffic comes back to the other region, all of it or a step.</summary>
    MoveBack,

    /// <summary>No region has a share: the normal weights are put back.</summary>
    Restore,
}

/// <summary>Why a watcher decides as it does.</summary>
public enum Cause
{
    /// <summary>Both regions are ready, and the lever stands at the normal weights.</summary>
    AllWell,

    /// <summary>Automatic failover is off.</summary>
    Off,

    /// <summary>The lever cannot be read.</summary>
    LeverUnreadable,

    /// <summary>The lever stands where no watcher put it.</summary>
    SetByHand,

    /// <summary>The other watcher moved the lever, and moves it back.</summary>
    SetByOther,

    /// <summary>No region has a share.</summary>
    NoShare,

    /// <summary>Only this watcher cannot reach the other region.</summary>
    WitnessSaysUp,

    /// <summary>Only the provider's checks fail, or it does not check.</summary>
    WitnessDisagrees,

    /// <summary>This region cannot take the traffic.</summary>
    SelfNotReady,

    /// <summary>The other region is down, and not yet for long enough.</summary>
    DownNotYetLong,

    /// <summary>The other region is down.</summary>
    Down,

    /// <summary>The other region is down, and traffic has left it.</summary>
    DownAndAway,

    /// <summary>The other region is ready again, and not yet for long enough.</summary>
    UpNotYetLong,

    /// <summary>The other region is ready again.</summary>
    Up,

    /// <summary>The lever changed too short a time ago.</summary>
    Hold,
}

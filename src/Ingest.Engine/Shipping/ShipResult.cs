namespace Ingest.Engine;

/// <summary>How one try to ship a batch ended.</summary>
public enum ShipOutcome
{
    /// <summary>The lake has it and the journal knows.</summary>
    Confirmed,

    /// <summary>
    /// The lake has it, the journal does not know yet (or did not say): only the confirmation is repeated.
    /// </summary>
    NotConfirmed,

    /// <summary>As <see cref="PutOutcome.Unreachable"/>.</summary>
    Unreachable,

    /// <summary>As <see cref="PutOutcome.Throttled"/>.</summary>
    Throttled,

    /// <summary>As <see cref="PutOutcome.Denied"/>.</summary>
    Denied,

    /// <summary>As <see cref="PutOutcome.Missing"/>.</summary>
    Missing,

    /// <summary>As <see cref="PutOutcome.Rejected"/>.</summary>
    Rejected,

    /// <summary>As <see cref="PutOutcome.Conflict"/>.</summary>
    Conflict,

    /// <summary>The batch's bytes could not be read now; the lake was not asked, or did not get all of them.</summary>
    JournalUnavailable,

    /// <summary>The journal's bytes of this batch are not what was written. Nothing was stored.</summary>
    Damaged,

    /// <summary>The batch is not pending any more: another shipper confirmed it. Nothing is left to do.</summary>
    Gone,
}

/// <summary>The end of one try to ship a batch.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Stored">
/// The object, where the lake has it: with <see cref="ShipOutcome.Confirmed"/> and <see
/// cref="ShipOutcome.NotConfirmed"/>.
/// </param>
/// <param name="Detail">What went wrong, for status and logs; null on success.</param>
public readonly record struct ShipResult(ShipOutcome Outcome, ShippedObject? Stored = null, string? Detail = null)
{
    /// <summary>True for faults of the destination as a whole: its breaker counts these and no others.</summary>
    public bool IsDestinationFault => Outcome
        is ShipOutcome.Unreachable or ShipOutcome.Throttled
        or ShipOutcome.Denied or ShipOutcome.Missing or ShipOutcome.Rejected;

    /// <summary>The result of a put that did not store the object.</summary>
    public static ShipResult NotStored(PutResult put) => new(
        put.Outcome switch
        {
            PutOutcome.Conflict => ShipOutcome.Conflict,
            PutOutcome.Unreachable => ShipOutcome.Unreachable,
            PutOutcome.Throttled => ShipOutcome.Throttled,
            PutOutcome.Denied => ShipOutcome.Denied,
            PutOutcome.Missing => ShipOutcome.Missing,
            PutOutcome.Rejected => ShipOutcome.Rejected,
            _ => throw new ArgumentOutOfRangeException(nameof(put), put.Outcome, "The object is stored."),
        },
        Detail: put.Detail);
}

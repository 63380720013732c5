namespace Ingest.Engine;

/// <summary>A batch in a shipper's hand. Times are those of an <see cref="ElapsedClock"/>.</summary>
internal sealed class Shipment(Batch batch)
{
    public Batch Batch { get; } = batch;

    /// <summary>The object, once the lake is known to have it: from then on only the journal is to be told.</summary>
    public ShippedObject? Stored { get; set; }

    /// <summary>When it may be tried next; meaningless in flight.</summary>
    public TimeSpan ReadyAt { get; set; }

    public bool InFlight { get; set; }

    /// <summary>In flight as a breaker's probe.</summary>
    public bool IsProbe { get; set; }

    /// <summary>Failed tries since it came to hand.</summary>
    public int Failures { get; set; }

    /// <summary>How the last try failed; meaningless while <see cref="Failures"/> is 0.</summary>
    public ShipResult LastFailure { get; set; }

    /// <summary>When it was set aside; null for the others.</summary>
    public Instant? SetAsideSince { get; set; }

    /// <summary>
    /// Before a batch set aside is tried again, the journal is asked whether it is still pending: another shipper may
    /// have confirmed it, in which case it needs no person any more.
    /// </summary>
    public bool MustAsk { get; set; }

    public bool IsSetAside => SetAsideSince is not null;

    /// <summary>Its next step puts something into the lake.</summary>
    public bool NeedsPut => Stored is null;

    public bool IsReady(TimeSpan time) => !InFlight && !MustAsk && ReadyAt <= time;

    /// <summary>Its pause is over, but the journal has to be asked first.</summary>
    public bool IsDueToAsk(TimeSpan time) => MustAsk && ReadyAt <= time;
}

namespace Ingest.Engine;

/// <summary>
/// The way in: what a collector calls and every runtime provides. Completes only when the answer may leave (rule 1):
/// every event of the batch is in a committed block, or is a duplicate of one that is.
/// </summary>
public interface IIntake
{
    /// <summary>Stores the events of one request for one source.</summary>
    /// <param name="source">The source's name; the runtime spreads the batch over its partitions.</param>
    /// <param name="batch">The events. The caller disposes it after completion.</param>
    /// <returns>What became of them. Never throws for a storage fault: that is <see cref="IntakeOutcome.Unavailable"/>.</returns>
    ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch);
}

/// <summary>Whether the events of a request are safe.</summary>
public enum IntakeOutcome
{
    /// <summary>All of them are durable: answer with success.</summary>
    Stored,

    /// <summary>Nothing is known to be stored; the client must send again: answer 503 with Retry-After.</summary>
    Unavailable,

    /// <summary>
    /// Nothing is known to be stored, and somebody else can store it: the source has <see cref="IntakeResult.PartitionCount"/> partitions now,
    /// or, where that is 0, the partition is hosted elsewhere or anew. Offer it again, there. Between partitions and the
    /// runtime's router; a client never sees it.
    /// </summary>
    Moved,
}

/// <summary>Why events are not stored, as far as it decides what may be done about it.</summary>
public enum IntakeFault : byte
{
    /// <summary>Any other reason, overload before all: only sending again later helps.</summary>
    Other,

    /// <summary>The journal failed or cannot be reached: another durable place may take the events.</summary>
    Journal,
}

/// <summary>Where the events of a request are durable.</summary>
public enum Durability : byte
{
    /// <summary>In the journal: on as many disks as that has.</summary>
    Journal,

    /// <summary>In the spill of one silo: on its disk, until the journal can be reached again.</summary>
    Spill,
}

/// <summary>What became of the events of one request.</summary>
/// <param name="Outcome">Whether they are safe.</param>
/// <param name="Accepted">Events new and valid: they go to the stream <c>good</c>.</param>
/// <param name="Quarantined">Events new and invalid: they go to the stream <c>quarantine</c>.</param>
/// <param name="Duplicates">Events that were stored before (or twice in the same request).</param>
/// <param name="Reason">Why nothing could be stored, for logs; null when stored.</param>
/// <param name="PartitionCount">Number of partitions that the source has, where events have moved on that account; else 0.</param>
/// <param name="Fault">Why nothing could be stored, for whoever has another place for the events.</param>
/// <param name="Durability">Where they are safe, where they are. In a spill all of them count as accepted: they are judged at the latest when they reach the journal.</param>
public readonly record struct IntakeResult(
    IntakeOutcome Outcome,
    int Accepted = 0,
    int Quarantined = 0,
    int Duplicates = 0,
    string? Reason = null,
    int PartitionCount = 0,
    IntakeFault Fault = IntakeFault.Other,
    Durability Durability = Durability.Journal)
{
    /// <summary>What became of two parts of one request: safe only when both are; an unsafe part makes the client send all again.</summary>
    public static IntakeResult operator +(IntakeResult a, IntakeResult b) => (a.Outcome, b.Outcome) switch
    {
        (IntakeOutcome.Stored, IntakeOutcome.Stored) => new(
            IntakeOutcome.Stored,
            a.Accepted + b.Accepted,
            a.Quarantined + b.Quarantined,
            a.Duplicates + b.Duplicates,
            Durability: a.Durability == Durability.Journal ? b.Durability : a.Durability),
        (IntakeOutcome.Stored, _) => b,
        _ => a,
    };

    /// <param name="reason">Why, for logs.</param>
    /// <param name="fault">Whether the journal is the reason.</param>
    public static IntakeResult Unavailable(string reason, IntakeFault fault = IntakeFault.Other) =>
        new(IntakeOutcome.Unavailable, Reason: reason, Fault: fault);

    /// <param name="reason">Why, for logs.</param>
    /// <param name="partitionCount">The source's number of partitions, where that is the reason.</param>
    public static IntakeResult Moved(string reason, int partitionCount = 0) =>
        new(IntakeOutcome.Moved, Reason: reason, PartitionCount: partitionCount);
}

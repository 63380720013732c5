namespace Ingest.Engine;

/// <summary>
/// Events of one partition and hour, counted each where it happens, so that the identities of rule 8 can fail. The same
/// shape serves as a difference (in an <see cref="Append"/>) and as a total (in a <see cref="LedgerRow"/>).
/// </summary>
/// <param name="Hour">The hour of receipt.</param>
/// <param name="Received">Events that reached the partition.</param>
/// <param name="Good">Events accepted as valid.</param>
/// <param name="Quarantined">Events accepted as invalid.</param>
/// <param name="Duplicates">Events that had been accepted before.</param>
/// <param name="Refused">Events answered 503 because nothing could be stored; their clients send them again.</param>
public readonly record struct LedgerCounts(
    LakeHour Hour, long Received, long Good, long Quarantined, long Duplicates, long Refused);

/// <summary>The ledger of one partition and hour.</summary>
/// <param name="Partition">Whose.</param>
/// <param name="Counts">What came in, written with the blocks.</param>
/// <param name="ShippedGood">Valid events that the lake confirmed, written with the confirmation.</param>
/// <param name="ShippedQuarantined">Invalid events that the lake confirmed.</param>
/// <param name="PendingGood">Valid events in stored blocks not confirmed, counted from the blocks and batches themselves.</param>
/// <param name="PendingQuarantined">Invalid events in stored blocks not confirmed.</param>
public sealed record LedgerRow(
    PartitionId Partition,
    LedgerCounts Counts,
    long ShippedGood,
    long ShippedQuarantined,
    long PendingGood,
    long PendingQuarantined);

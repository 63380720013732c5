namespace Ingest.Engine;

/// <summary>
/// The durable log of blocks, batches and counts. Every implementation passes one conformance suite. All members are
/// safe to call at once from many threads.
/// </summary>
/// <remarks>
/// Writes (<see cref="AppendAsync"/>, <see cref="SealAsync"/>, <see cref="ConfirmAsync"/>, …) never throw for a fault of the
/// storage: they return what is known of their outcome. Reads throw <see cref="JournalUnavailableException"/> where the
/// storage cannot be reached, and <see cref="JournalCorruptException"/> where what it holds is not what was written;
/// damage is never skipped.
/// </remarks>
public interface IJournal : IRelayedObjects, IAsyncDisposable
{
    /// <summary>
    /// The journal's own short random id (8 of <c>a-z 2-7</c>), made when it was created: part of every key, so that a
    /// wiped or a second journal can never claim another's objects.
    /// </summary>
    string Id { get; }

    /// <summary>Reads what a partition needs to go on.</summary>
    /// <param name="partition">Which partition.</param>
    /// <param name="idsMax">Most ids to return, the newest ones; whole runs, so that at least this many come back where they exist.</param>
    /// <param name="idsSince">Runs with an older clock are left out.</param>
    ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation);

    /// <summary>
    /// Partitions that have blocks in no batch yet, so that a runtime wakes those that nobody sends to and they seal; by
    /// source, then number.
    /// </summary>
    /// <param name="lane">Only partitions of this lane.</param>
    /// <param name="receivedBefore">Only those whose oldest such block was received before this.</param>
    ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation);

    /// <summary>
    /// The number of partitions of every source that was ever written, as the journal enforces it (<see
    /// cref="Append.PartitionCount"/>). Sources of unknown count (written by a version that kept none) are left out.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, int>> ReadPartitionCountsAsync(CancellationToken cancellation);

    /// <summary>
    /// Raises the number of partitions of a source, in one transaction: partition <c>n</c> of <paramref name="from"/>
    /// becomes the partitions <c>n + k · from</c> of <paramref name="to"/>. Each new one gets those ids of its parent's
    /// dedupe window that map to it (by <see cref="PartitionId.Of"/>), in runs that are older than anything it will write
    /// (<see cref="IdRun.FirstSeq"/> below 1), and the parent's clock; blocks and batches stay where they are. Every
    /// partition of the source has a row and the new count afterwards, so that an append made under the old count is
    /// fenced: no event in flight can be stored on both sides.
    /// </summary>
    /// <param name="source">The source; may never have been written.</param>
    /// <param name="from">Its present number.</param>
    /// <param name="to">The new number: a multiple of <paramref name="from"/>.</param>
    /// <returns>Fenced where the present number is another; committed where it is <paramref name="to"/> already.</returns>
    ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation);

    /// <summary>
    /// Closes an hour and all hours before it, for good and for every partition, so that a manifest can say what is in it.
    /// Once this is committed, an append with blocks of a closed hour is fenced, the clock of every snapshot is at least the
    /// end of the last closed hour, and counts of a closed hour that come without blocks (duplicates, refusals) are booked
    /// into the hour after the last closed one: what the ledger says was received in a closed hour never changes again.
    /// Blocks that were stored before are still sealed and confirmed.
    /// </summary>
    /// <param name="hour">Where a later one is closed already, nothing changes: committed.</param>
    /// <param name="cancellation">Ends the wait.</param>
    ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation);

    /// <summary>The last closed hour; null where none was ever closed.</summary>
    ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation);

    /// <summary>
    /// Makes an append durable, together with all others that wait (group commit). Refuses with
    /// <see cref="JournalOutcome.Fenced"/> where <see cref="Append.FirstSeq"/> is not the partition's next seq, or <see
    /// cref="Append.PartitionCount"/> is not its source's, or a block is of a closed hour, without failing the neighbours. Once the token is cancelled the
    /// outcome is <see cref="JournalOutcome.Unknown"/> unless known.
    /// </summary>
    ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation);

    /// <summary>
    /// Makes a seal durable. Fenced where the batch is not exactly the partition's oldest unsealed blocks of its stream
    /// up to <see cref="Batch.ToSeq"/>, with the same number of blocks and events, all of its hour.
    /// </summary>
    ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation);

    /// <summary>
    /// Records that the lake has the batch, adds to the ledger's shipped counts, and gives the space of its blocks back
    /// (rule 7), in one transaction. A batch confirmed before is left as it is: committed, counted once.
    /// </summary>
    ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation);

    /// <summary>Sealed batches not confirmed yet, by <see cref="Batch.SealedAt"/>, then partition, stream and seq.</summary>
    /// <param name="lane">Only batches of partitions of this lane.</param>
    /// <param name="limit">Most batches to return.</param>
    /// <param name="without">Batches to leave out: those that the caller has in hand.</param>
    ValueTask<IReadOnlyList<Batch>> ReadPendingAsync(
        Lane lane, int limit, IReadOnlySet<BatchId> without, CancellationToken cancellation);

    /// <summary>
    /// The bytes of a sealed, unconfirmed batch in order, in chunks of bounded size; the same bytes at every call. A
    /// chunk's memory is valid until the next one is asked for.
    /// </summary>
    /// <exception cref="JournalCorruptException">A stored checksum does not hold; names the block.</exception>
    /// <exception cref="BatchNotPendingException">The batch was never sealed so, or was confirmed and its bytes are gone.</exception>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(Batch batch, CancellationToken cancellation);

    /// <summary>The bodies of unsealed blocks of one partition and stream, for merging before a seal; verified as above.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBlocksAsync(
        PartitionId partition, LakeStream stream, long fromSeq, long toSeq, CancellationToken cancellation);

    /// <summary>The ledger of every partition and hour from <paramref name="from"/> on, by partition and hour.</summary>
    IAsyncEnumerable<LedgerRow> ReadLedgerAsync(LakeHour from, CancellationToken cancellation);

    /// <summary>Confirmed batches of hours from <paramref name="from"/> on, by partition, stream and seq.</summary>
    IAsyncEnumerable<ShippedBatch> ReadShippedAsync(LakeHour from, CancellationToken cancellation);

    /// <summary>How much is in the journal, cheaply enough to ask every second.</summary>
    ValueTask<JournalStatus> ReadStatusAsync(CancellationToken cancellation);

    /// <summary>
    /// Drops ledger rows and confirmed batches of hours before <paramref name="before"/>, and relayed objects that were
    /// delivered before it; pending batches stay.
    /// </summary>
    ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation);
}

/// <summary>How much a journal holds.</summary>
/// <param name="Unsealed">Events in blocks of no batch yet.</param>
/// <param name="Pending">Events in batches not confirmed yet.</param>
/// <param name="PendingBatches">Number of such batches.</param>
/// <param name="BacklogBytes">Bytes of the bodies of all those blocks.</param>
/// <param name="OldestReceived">When the oldest of those blocks was received; null when there is none.</param>
/// <param name="StorageBytes">Bytes that the journal takes on its disk or in its database.</param>
public sealed record JournalStatus(
    long Unsealed, long Pending, int PendingBatches, long BacklogBytes, Instant? OldestReceived, long StorageBytes);

/// <summary>The journal's storage cannot be used now.</summary>
/// <param name="message">Why, and what to do.</param>
/// <param name="inner">What failed below.</param>
/// <param name="mayPass">As <see cref="MayPass"/>.</param>
public sealed class JournalUnavailableException(string message, Exception? inner = null, bool mayPass = true) : Exception(message, inner)
{
    /// <summary>False where waiting is no use, since the storage was reached and is not as it must be: somebody has to mend it.</summary>
    public bool MayPass => mayPass;
}

/// <summary>The journal has no such batch to ship: it was never sealed so, or was confirmed, and its bytes are gone.</summary>
public sealed class BatchNotPendingException(string message) : Exception(message);

/// <summary>The journal holds something that was not written so. The message names file, table and row, and what to do.</summary>
public sealed class JournalCorruptException(string message, Exception? inner = null) : Exception(message, inner);

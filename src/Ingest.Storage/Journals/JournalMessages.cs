using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The answers that every journal gives in the same words.</summary>
internal static class JournalMessages
{
    /// <summary>The token was cancelled before the write was queued: surely not stored.</summary>
    public static JournalResult CancelledBefore { get; } = new(JournalOutcome.Refused, "cancelled before it was queued");

    public static JournalResult ReadOnly { get; } = new(JournalOutcome.Refused, "the journal is open for reading only");

    public static JournalResult Closed { get; } = new(JournalOutcome.Refused, "the journal is closed");

    public static JournalResult CancelledWhileWaiting { get; } =
        new(JournalOutcome.Unknown, "cancelled while waiting for the commit");

    public static JournalResult Fenced(Append append, long nextSeq) => new(
        JournalOutcome.Fenced,
        string.Create(CultureInfo.InvariantCulture, $"{append.Partition}: the next seq is {nextSeq}, the append begins at {append.FirstSeq}"));

    /// <summary>The writer was made for another number of partitions than its source has.</summary>
    public static JournalResult FencedByCount(Append append, int count) => new(
        JournalOutcome.Fenced,
        string.Create(CultureInfo.InvariantCulture, $"{append.Partition}: the source has {count} partitions, the append was made for {append.PartitionCount}"));

    /// <summary>A block is of an hour that takes no more.</summary>
    public static JournalResult FencedByHour(Append append, Block late) => new(
        JournalOutcome.Fenced, $"{append.Partition}: the hour {late.Hour} of the block with seq {late.Seq} is closed");

    public static JournalResult Fenced(string source, int count, int from) => new(
        JournalOutcome.Fenced, string.Create(CultureInfo.InvariantCulture, $"{source}: it has {count} partitions, not {from}"));

    public static JournalResult Fenced(Batch batch, string violation) => new(
        JournalOutcome.Fenced, $"{Name(batch.Id)}: {violation}");

    /// <summary>A confirmation of a batch that is neither pending nor on record as confirmed.</summary>
    public static JournalResult Unknown(BatchId id) => new(
        JournalOutcome.Fenced, $"{Name(id)}: never sealed here, or confirmed and forgotten long ago");

    public static BatchNotPendingException NotPending(Batch batch) =>
        new($"{Name(batch.Id)} is not pending as given: not sealed so, or confirmed, and its bytes are gone.");

    public static string Name(BatchId id) =>
        string.Create(CultureInfo.InvariantCulture, $"batch {id.Partition} {id.Stream} from seq {id.FromSeq}");
}

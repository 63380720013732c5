using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The columns of a <see cref="PartitionHead"/>, which both tables that hold heads have.</summary>
internal static class HeadColumns
{
    public const string Names =
        "next_seq, clock, partition_count, ids_newest, ids_newest_seq, ids_from, ids_forgotten, " +
        "good_first, good_oldest, good_newest, good_blocks, good_events, " +
        "quarantine_first, quarantine_oldest, quarantine_newest, quarantine_blocks, quarantine_events, " +
        $"ledger_hour, {LedgerColumns.Names}, crc";

    /// <summary>Parameters 1 to 26, for <see cref="Names"/>.</summary>
    public const string Parameters = "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26";

    /// <summary>The parameter behind them: the partition's key.</summary>
    public const string Key = "?27";

    /// <summary>Stands in the column of the ledger's hour where the head has no counts.</summary>
    private const long NoHour = -1;

    /// <summary>Runs a statement whose parameters are the columns, then the key; what else it has is bound before.</summary>
    /// <returns>The row's checksum.</returns>
    public static uint Write(Statement statement, PartitionHead head)
    {
        var checksum = ChecksumOf(head);
        var ledger = head.Ledger.GetValueOrDefault();
        statement.Run(
            head.NextSeq,
            head.Clock.UnixMilliseconds,
            head.PartitionCount,
            head.Ids.Newest,
            head.Ids.NewestSeq,
            head.Ids.From,
            head.Ids.Forgotten,
            head.Good.First,
            head.Good.Oldest,
            head.Good.Newest,
            head.Good.Blocks,
            head.Good.Events,
            head.Quarantine.First,
            head.Quarantine.Oldest,
            head.Quarantine.Newest,
            head.Quarantine.Blocks,
            head.Quarantine.Events,
            HourOf(head),
            ledger.Counts.Received,
            ledger.Counts.Good,
            ledger.Counts.Quarantined,
            ledger.Counts.Duplicates,
            ledger.Counts.Refused,
            ledger.ShippedGood,
            ledger.ShippedQuarantined,
            checksum,
            head.Key);
        return checksum;
    }

    /// <param name="rows">The row.</param>
    /// <param name="first">Number of the first of the columns; they are next to each other.</param>
    /// <param name="key">The partition's key.</param>
    /// <param name="id">Its name.</param>
    /// <param name="head">What the row holds.</param>
    /// <returns>False where its checksum does not hold.</returns>
    public static bool TryRead(in Statement.Rows rows, int first, int key, PartitionId id, out PartitionHead head)
    {
        var at = first;
        head = new PartitionHead(
            key,
            id,
            rows.Int64(at++),
            new Instant(rows.Int64(at++)),
            rows.Int32(at++),
            new IdChain(rows.Int64(at++), rows.Int64(at++), rows.Int64(at++), rows.Int64(at++)),
            new UnsealedRun(rows.Int64(at++), rows.Int64(at++), rows.Int64(at++), rows.Int64(at++), rows.Int64(at++)),
            new UnsealedRun(rows.Int64(at++), rows.Int64(at++), rows.Int64(at++), rows.Int64(at++), rows.Int64(at++)),
            rows.Int64(at) == NoHour ? null : LedgerColumns.Read(rows, at));
        return rows.Int64(first + 25) == ChecksumOf(head);
    }

    public static uint ChecksumOf(PartitionHead head)
    {
        var crc = new Crc32C();
        crc.Add("partitions");
        crc.Add(head.Key);
        crc.Add(head.Id.Source);
        crc.Add(head.Id.Number);
        crc.Add(head.NextSeq);
        crc.Add(head.Clock.UnixMilliseconds);
        crc.Add(head.PartitionCount);
        crc.Add(head.Ids.Newest);
        crc.Add(head.Ids.NewestSeq);
        crc.Add(head.Ids.From);
        crc.Add(head.Ids.Forgotten);
        crc.AddRun(head.Good);
        crc.AddRun(head.Quarantine);
        crc.Add(HourOf(head));
        crc.AddCounts(head.Ledger.GetValueOrDefault());
        return crc.Value;
    }

    private static long HourOf(PartitionHead head) => head.Ledger?.Counts.Hour.Number ?? NoHour;

    private static void AddRun(this ref Crc32C crc, in UnsealedRun run)
    {
        crc.Add(run.First);
        crc.Add(run.Oldest);
        crc.Add(run.Newest);
        crc.Add(run.Blocks);
        crc.Add(run.Events);
    }
}

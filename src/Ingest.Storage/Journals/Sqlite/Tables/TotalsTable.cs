using System.Globalization;

namespace Ingest.Storage;

/// <summary>
/// One row, rewritten by every transaction: counts over the whole journal, kept apart from what they count. Status reads
/// it instead of scanning, and a table that lost rows, or holds older ones, no longer agrees with it.
/// </summary>
/// <param name="Commits">Transactions ever committed; compared with <see cref="CommitMark"/>.</param>
/// <param name="Partitions">Rows in partitions, whose ids are 1 to this number.</param>
/// <param name="NextPosition">Position of the next row of bodies, ids, new heads or freed batches. Never used twice, so that a stale page cannot pass for a new row.</param>
/// <param name="UnsealedEvents">Events in blocks of no batch.</param>
/// <param name="PendingEvents">Events in rows of batches.</param>
/// <param name="PendingBatches">Rows in batches.</param>
/// <param name="BacklogBytes">Bytes of all bodies, those of freed batches among them.</param>
/// <param name="LedgerRows">Rows in ledger.</param>
/// <param name="ShippedBatches">Rows in shipped.</param>
/// <param name="PartitionsSum">Sum of the newest head of every partition, wherever it stands.</param>
/// <param name="BatchesSum">Sum of all rows in batches.</param>
internal readonly record struct Totals(
    long Commits,
    long Partitions,
    long NextPosition,
    long UnsealedEvents,
    long PendingEvents,
    long PendingBatches,
    long BacklogBytes,
    long LedgerRows,
    long ShippedBatches,
    RowSum PartitionsSum,
    RowSum BatchesSum)
{
    public static Totals Empty { get; } = new(0, 0, 1, 0, 0, 0, 0, 0, 0, default, default);
}

internal sealed class TotalsTable(Database database)
{
    private const string Counts =
        "commits, partitions, next_position, unsealed_events, pending_events, pending_batches, backlog_bytes, ledger_rows, shipped_batches, crc";

    private const string Sums = "partitions_sum, batches_sum, sums_crc";

    private readonly Statement _readCounts = database.Prepare($"SELECT {Counts} FROM totals");
    private readonly Statement _read = database.Prepare($"SELECT {Counts}, {Sums} FROM totals");
    private readonly Statement _write = database.Prepare($"INSERT OR REPLACE INTO totals(id, {Counts}, {Sums}) VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    public Totals Read()
    {
        using var rows = _read.Query();
        var totals = ReadCounts(rows) with { PartitionsSum = new(rows.Int64(10)), BatchesSum = new(rows.Int64(11)) };
        if (rows.Int64(12) != ChecksumOfSums(totals))
            throw Damage.Row(database.Path, "totals", "its only row", "the checksum of its sums does not hold");

        return totals;
    }

    /// <summary>Without the sums, which versions before 4 have not.</summary>
    public Totals ReadCounts()
    {
        using var rows = _readCounts.Query();
        return ReadCounts(rows);
    }

    public void Write(in Totals totals) => _write.Run(
        totals.Commits,
        totals.Partitions,
        totals.NextPosition,
        totals.UnsealedEvents,
        totals.PendingEvents,
        totals.PendingBatches,
        totals.BacklogBytes,
        totals.LedgerRows,
        totals.ShippedBatches,
        ChecksumOf(totals),
        totals.PartitionsSum.Value,
        totals.BatchesSum.Value,
        ChecksumOfSums(totals));

    /// <exception cref="Ingest.Engine.JournalCorruptException">A table does not hold as many rows as were written.</exception>
    public void Expect(string table, long found, long written)
    {
        if (found != written)
            throw Damage.Row(database.Path, table, "as a whole", string.Create(CultureInfo.InvariantCulture, $"it holds {found}, but {written} were written"));
    }

    /// <exception cref="Ingest.Engine.JournalCorruptException">A table does not hold the rows that were written, though each by itself is sound.</exception>
    public void Expect(string table, RowSum found, RowSum written)
    {
        if (found != written)
            throw Damage.Row(database.Path, table, "as a whole", "its rows are not those that were written: rows are lost, or of an older state");
    }

    private Totals ReadCounts(in Statement.Rows rows)
    {
        if (!rows.Next())
            throw Damage.Row(database.Path, "totals", "its only row", "it is missing");

        var totals = new Totals(
            rows.Int64(0),
            rows.Int64(1),
            rows.Int64(2),
            rows.Int64(3),
            rows.Int64(4),
            rows.Int64(5),
            rows.Int64(6),
            rows.Int64(7),
            rows.Int64(8),
            default,
            default);
        if (rows.Int64(9) != ChecksumOf(totals))
            throw Damage.Row(database.Path, "totals", "its only row", "its checksum does not hold");

        return totals;
    }

    /// <summary>Its own, so that a reader of version 3 that still runs during an upgrade finds the other one right.</summary>
    private static uint ChecksumOfSums(in Totals totals)
    {
        var crc = new Crc32C();
        crc.Add("totals, sums");
        crc.Add(totals.Commits);
        crc.Add(totals.PartitionsSum.Value);
        crc.Add(totals.BatchesSum.Value);
        return crc.Value;
    }

    private static uint ChecksumOf(in Totals totals)
    {
        var crc = new Crc32C();
        crc.Add("totals");
        crc.Add(totals.Commits);
        crc.Add(totals.Partitions);
        crc.Add(totals.NextPosition);
        crc.Add(totals.UnsealedEvents);
        crc.Add(totals.PendingEvents);
        crc.Add(totals.PendingBatches);
        crc.Add(totals.BacklogBytes);
        crc.Add(totals.LedgerRows);
        crc.Add(totals.ShippedBatches);
        return crc.Value;
    }
}

using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The columns of a <see cref="LedgerEntry"/> behind its hour, which rows of the ledger and heads have.</summary>
internal static class LedgerColumns
{
    public const string Names = "received, good, quarantined, duplicates, refused, shipped_good, shipped_quarantined";

    /// <param name="rows">The row.</param>
    /// <param name="first">Number of the column of the hour; the others follow it.</param>
    public static LedgerEntry Read(in Statement.Rows rows, int first) => new(
        new LedgerCounts(
            new LakeHour(rows.Int32(first)),
            rows.Int64(first + 1),
            rows.Int64(first + 2),
            rows.Int64(first + 3),
            rows.Int64(first + 4),
            rows.Int64(first + 5)),
        rows.Int64(first + 6),
        rows.Int64(first + 7));
}

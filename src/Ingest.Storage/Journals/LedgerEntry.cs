using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The stored half of a ledger row: what came in and what the lake confirmed. The pending half is counted.</summary>
internal readonly record struct LedgerEntry(LedgerCounts Counts, long ShippedGood, long ShippedQuarantined)
{
    public static LedgerEntry Empty(LakeHour hour) => new(new LedgerCounts(hour, 0, 0, 0, 0, 0), 0, 0);

    public LedgerEntry Plus(in LedgerCounts more) => this with
    {
        Counts = new LedgerCounts(
            Counts.Hour,
            Counts.Received + more.Received,
            Counts.Good + more.Good,
            Counts.Quarantined + more.Quarantined,
            Counts.Duplicates + more.Duplicates,
            Counts.Refused + more.Refused),
    };

    public LedgerEntry PlusShipped(LakeStream stream, int events) => stream == LakeStream.Good
        ? this with { ShippedGood = ShippedGood + events }
        : this with { ShippedQuarantined = ShippedQuarantined + events };
}

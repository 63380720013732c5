namespace Ingest.Engine;

/// <summary>
/// Rule 8: nothing appears and nothing vanishes. The one function that tests check, operators see and the audit runs.
/// </summary>
public static class Conservation
{
    /// <summary>What does not add up in a ledger row, one sentence each; empty when everything does.</summary>
    public static IReadOnlyList<string> Violations(LedgerRow row)
    {
        var found = new List<string>();
        var counts = row.Counts;
        Expect("received", counts.Received, "good + quarantined + duplicates + refused",
            counts.Good + counts.Quarantined + counts.Duplicates + counts.Refused);
        Expect("good", counts.Good, "shipped + pending", row.ShippedGood + row.PendingGood);
        Expect("quarantined", counts.Quarantined, "shipped + pending", row.ShippedQuarantined + row.PendingQuarantined);
        return found;

        void Expect(string name, long left, string formula, long right)
        {
            if (left != right)
                found.Add($"{row.Partition} {counts.Hour}: {name} is {left}, but {formula} is {right}");
        }
    }
}

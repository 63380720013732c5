using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>What clients were answered, summed up. Where nothing went wrong the ledger must say exactly the same.</summary>
internal sealed class Accounts
{
    private long _offered;
    private long _accepted;
    private long _quarantined;
    private long _duplicates;
    private long _unavailable;

    /// <summary>A request was answered.</summary>
    public void Answered(int events, IntakeResult result)
    {
        if (result.Outcome != IntakeOutcome.Stored)
        {
            _unavailable += events;
            return;
        }

        _offered += events;
        _accepted += result.Accepted;
        _quarantined += result.Quarantined;
        _duplicates += result.Duplicates;
    }

    /// <summary>Rule 8, to the event.</summary>
    public void CheckExact(Simulation simulation, IReadOnlyList<LedgerRow> ledger)
    {
        var counts = ledger.Select(row => row.Counts).ToList();
        Expect("received", _offered, counts.Sum(count => count.Received));
        Expect("good", _accepted, counts.Sum(count => count.Good));
        Expect("quarantined", _quarantined, counts.Sum(count => count.Quarantined));
        Expect("duplicates", _duplicates, counts.Sum(count => count.Duplicates));
        Expect("refused", _unavailable, counts.Sum(count => count.Refused));

        void Expect(string name, long answered, long counted)
        {
            if (answered != counted)
                simulation.Fail("8: conservation", $"{answered} events were answered as {name}, the ledger has {counted}");
        }
    }
}

using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// The lines of one replay request: judged one by one, those that pass offered side by side, so that partitions commit
/// them in groups.
/// </summary>
/// <param name="intake">Where good events go.</param>
/// <param name="eventsMax">Events under way at once, which bounds memory.</param>
/// <param name="isDryRun">True to judge alone.</param>
internal sealed class ReplayedLines(IIntake intake, int eventsMax, bool isDryRun)
{
    private readonly List<ReplayedLine> _lines = [];
    private readonly List<Pending> _pending = [];
    private int _pendingEvents;

    /// <summary>Number of lines.</summary>
    public int Count => _lines.Count;

    /// <summary>What became of them, once they are settled.</summary>
    public IReadOnlyList<ReplayedLine> Lines => _lines;

    /// <summary>True where at least one could not be stored: the client must send all of them again.</summary>
    public bool IsUnavailable { get; private set; }

    /// <summary>Judges a line, and offers it where it passes. Owns the events from here on.</summary>
    public async ValueTask AddAsync(StoredEvents events)
    {
        var errors = events.Judge();
        _lines.Add(new ReplayedLine(events.LineId, errors is null ? ReplayOutcome.Good : ReplayOutcome.Quarantined, errors));
        if (errors is not null || isDryRun)
        {
            events.Dispose();
            return;
        }
        _pending.Add(new Pending(_lines.Count - 1, events, events.AcceptAsync(intake).AsTask()));
        _pendingEvents += events.Count;
        if (_pendingEvents >= eventsMax)
            await SettleAsync();
    }

    /// <summary>Waits for everything under way.</summary>
    public async Task SettleAsync()
    {
        // A batch must live until the intake is done with it, whatever becomes of its neighbours.
        Task all = Task.WhenAll(_pending.Select(pending => pending.Accepting));
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var (_, events, _) in _pending)
            events.Dispose();
        foreach (var (index, _, accepting) in _pending)
        {
            var result = await accepting;
            IsUnavailable |= result.Outcome != IntakeOutcome.Stored;
            if (result.Accepted == 0)
                _lines[index] = _lines[index] with { Outcome = ReplayOutcome.Duplicate };
        }
        _pending.Clear();
        _pendingEvents = 0;
    }

    private readonly record struct Pending(int Index, StoredEvents Events, Task<IntakeResult> Accepting);
}

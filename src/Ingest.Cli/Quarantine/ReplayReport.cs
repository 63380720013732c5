using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Counts what became of a replay.</summary>
internal sealed class ReplayReport
{
    /// <summary>Objects read to their end.</summary>
    public long Objects { get; set; }

    /// <summary>Events that became good now.</summary>
    public long Good { get; set; }

    /// <summary>Events that had become good before: by an earlier replay, or by one that did not get to record it.</summary>
    public long GoodBefore { get; set; }

    /// <summary>Events that are invalid still.</summary>
    public long Bad { get; private set; }

    /// <summary>Why they are.</summary>
    public ReasonCounts Reasons { get; } = new();

    /// <summary>Objects that could not be replayed to their end: damaged, or of a source that is not configured any more.</summary>
    public SkippedObjects Skipped { get; } = new();

    public void AddBad(IEnumerable<EventError> errors)
    {
        Bad++;
        Reasons.Add(errors);
    }
}

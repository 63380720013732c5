using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Invalid events by reason; an event with several counts once under each.</summary>
internal sealed class ReasonCounts
{
    /// <summary>Reasons counted by name; further ones are one, <c>other</c>.</summary>
    private const int ReasonsMax = 1_000;

    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    /// <summary>The counts, by reason.</summary>
    public SortedDictionary<string, long> ByReason => _counts;

    /// <summary>Counts an event.</summary>
    public void Add(IEnumerable<EventError> errors)
    {
        foreach (var reason in EventFilter.ReasonsOf(errors.Select(error => error.Rule)))
            Add(reason, 1);
    }

    public void Add(string reason, long events)
    {
        var name = _counts.Count < ReasonsMax || _counts.ContainsKey(reason) ? reason : "other";
        _counts[name] = _counts.GetValueOrDefault(name) + events;
    }
}

using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>What the rules of two regions know of each other.</summary>
internal sealed class RegionRules
{
    private readonly Dictionary<string, Rules> _rules = new(StringComparer.Ordinal);

    /// <summary>Times of receipt of events that one place kept for another.</summary>
    public HashSet<(SimEvent Event, Instant Received)> FirstReceipts { get; } = [];

    public void Add(string region, Rules rules) => _rules.Add(region, rules);

    /// <summary>True where some region has the event for its own lake.</summary>
    public bool IsHome(SimEvent sent) => _rules.Values.Any(rules => rules.IsHome(sent));

    /// <summary>The lines of an object that one region relayed.</summary>
    public IReadOnlyList<StoredLine> LinesOf(RelayedObject relayed) => _rules[relayed.Region].LinesOf(relayed.Key);
}

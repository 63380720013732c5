namespace Ingest.Cli;

/// <summary>Which events of the quarantine a command is about.</summary>
/// <param name="Source">Of this source alone; null for all.</param>
/// <param name="Span">Of these hours of the lake.</param>
/// <param name="Reasons">With a rule that begins with one of these; empty for any.</param>
internal sealed record EventFilter(string? Source, HourSpan Span, IReadOnlyList<string> Reasons)
{
    /// <summary>True where one of the rules that an event breaks is among those wanted.</summary>
    public bool Takes(IEnumerable<string> rules) =>
        Reasons.Count == 0 || rules.Any(rule => Reasons.Any(reason => rule.StartsWith(reason, StringComparison.Ordinal)));

    /// <summary>A rule as reports group by it: of a schema location, the schema alone.</summary>
    public static string ReasonOf(string rule)
    {
        var hash = rule.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? rule : rule[..hash];
    }

    /// <summary>Rules as reports group by them, each once.</summary>
    public static IEnumerable<string> ReasonsOf(IEnumerable<string> rules) =>
        rules.Select(ReasonOf).Distinct(StringComparer.Ordinal);
}

using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Which events of the quarantine a command is about.</summary>
/// <param name="Source">Of this source alone; null for all.</param>
/// <param name="Span">Of these hours of the lake.</param>
/// <param name="Reasons">With a rule that begins with one of these; empty for any.</param>
internal sealed record EventFilter(string? Source, HourSpan Span, IReadOnlyList<string> Reasons)
{
    /// <summary>True where one of an event's reasons is among those wanted.</summary>
    public bool Takes(IReadOnlyList<EventError> errors) =>
        Reasons.Count == 0 || errors.Any(error => Reasons.Any(reason => error.Rule.StartsWith(reason, StringComparison.Ordinal)));

    /// <summary>A rule as reports group by it: of a schema location, the schema alone.</summary>
    public static string ReasonOf(string rule)
    {
        var hash = rule.IndexOf('#', StringComparison.Ordinal);
        return hash < 0 ? rule : rule[..hash];
    }

    /// <summary>An event's reasons as reports group by them, each once.</summary>
    public static IEnumerable<string> ReasonsOf(IEnumerable<EventError> errors) =>
        errors.Select(error => ReasonOf(error.Rule)).Distinct(StringComparer.Ordinal);
}

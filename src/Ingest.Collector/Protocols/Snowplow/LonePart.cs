using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// Parts of a request that are kept beside its events, or without what belongs to them. Read again alone they would make
/// other events than were sent, or an event once more: so a replay leaves them where they are, and knows them by their
/// reason.
/// </summary>
public static class LonePart
{
    /// <summary>Why the body of a GET is kept: its event is in the query, and stands elsewhere.</summary>
    public const string BodyOfGet = "a GET brings its event in the query: this is its body";

    private const string BodyWithoutQueryStart = "with the query in each of ";

    /// <summary>Why the body of a POST is kept whose events would all have had the query as well.</summary>
    public static string BodyWithoutQuery(int events) => $"{BodyWithoutQueryStart}{events} events it is too large";

    /// <summary>The reason by which a stored line is such a part; null where it is none.</summary>
    public static string? ReasonIn(IReadOnlyList<EventError> errors) => errors.FirstOrDefault(error =>
        error.Rule == EventRules.Protocol && error.Where.Length == 0
        && (error.Found.StartsWith(BodyOfGet, StringComparison.Ordinal)
            || error.Found.StartsWith(BodyWithoutQueryStart, StringComparison.Ordinal)))?.Found;
}

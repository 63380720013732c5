using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>What became of the lines of one replay request, in their order.</summary>
public sealed record ReplayAnswer(IReadOnlyList<ReplayedLine> Lines);

/// <summary>What became of one line.</summary>
/// <param name="EventId">The line's <c>event_id</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Errors">Why it is still invalid; null where it is not.</param>
public sealed record ReplayedLine(string EventId, ReplayOutcome Outcome, IReadOnlyList<EventError>? Errors = null);

/// <summary>What became of a line that was replayed.</summary>
public enum ReplayOutcome
{
    /// <summary>Its events are stored as good; of a dry run: they would be.</summary>
    [JsonStringEnumMemberName("good")]
    Good,

    /// <summary>Its events were stored before, by a replay whose answer was lost.</summary>
    [JsonStringEnumMemberName("duplicate")]
    Duplicate,

    /// <summary>It is invalid still, and stays where it is.</summary>
    [JsonStringEnumMemberName("quarantined")]
    Quarantined,
}

/// <summary>Limits of one replay request.</summary>
public static class ReplayLimits
{
    /// <summary>Bytes of a request: the largest body that is taken, as base64 or escaped, with room for its head.</summary>
    public const int RequestBytesMax = 64 << 20;

    /// <summary>Lines of a request: so many are offered to the partitions at once.</summary>
    public const int LinesMax = 1_000;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplayAnswer))]
public sealed partial class ReplayJson : JsonSerializerContext;

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>What became of one line in a replay: a line of a record.</summary>
/// <param name="Object">Key of the object that holds it.</param>
/// <param name="Line">Its number, from 1 on.</param>
/// <param name="EventId">Its <c>event_id</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="ReplayedAt">When, by the clock of the command.</param>
/// <param name="Errors">Why it is still invalid; null where it is not.</param>
internal sealed record ReplayRecord(
    string Object, int Line, string EventId, ReplayOutcome Outcome, Instant ReplayedAt, IReadOnlyList<EventError>? Errors)
{
    // Read by people and query engines, never by browsers: quotes need no \u0022.
    private static readonly ReplayRecordJson Json = new(new JsonSerializerOptions(ReplayRecordJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <exception cref="JsonException">It is no such line.</exception>
    public static ReplayRecord Parse(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize(line, Json.ReplayRecord) ?? throw new JsonException("it is null");

    /// <summary>The line, with its line feed.</summary>
    public byte[] Render() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json.ReplayRecord), (byte)'\n'];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReplayRecord))]
internal sealed partial class ReplayRecordJson : JsonSerializerContext;

using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>The body of a 200 to <c>POST /v1/relay</c>.</summary>
/// <param name="AlreadyDelivered">True where the whole object was delivered before, and nothing was looked at.</param>
/// <param name="Accepted">Events new and valid.</param>
/// <param name="Quarantined">Events new and invalid.</param>
/// <param name="Duplicates">Events that were there before.</param>
/// <param name="Region">Name of the region that answers.</param>
public sealed record RelayAnswerBody(bool AlreadyDelivered, int Accepted, int Quarantined, int Duplicates, string? Region)
{
    public static RelayAnswerBody Of(in RelayAnswer answer) => new(
        answer.Outcome == RelayOutcome.AlreadyDelivered, answer.Accepted, answer.Quarantined, answer.Duplicates, answer.Region);

    public RelayAnswer ToAnswer() => new(
        AlreadyDelivered ? RelayOutcome.AlreadyDelivered : RelayOutcome.Stored, Accepted, Quarantined, Duplicates, Region: Region);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RelayAnswerBody))]
public sealed partial class RelayJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Ingest.Tracker.Sample;

/// <summary>What the sample's events say.</summary>
internal sealed record Line(string Text);

/// <summary>How they are written, made at compile time: no reflection is needed.</summary>
[JsonSerializable(typeof(Line))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SampleJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Ingest.Regions;

/// <summary>The regions that clients may send to, as they read it. Of two lists the one with the higher version holds.</summary>
/// <param name="Version">Rises by one with each change.</param>
/// <param name="IssuedAt">When it was signed.</param>
/// <param name="ExpiresAt">From when on it is not to be trusted any more.</param>
/// <param name="Regions">The regions in order.</param>
public sealed record RegionList(long Version, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, IReadOnlyList<ListedRegion> Regions);

/// <summary>A region in a list.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where to send: scheme, host and port.</param>
/// <param name="Weight">Its share in percent, 0 to 100.</param>
public sealed record ListedRegion(string Name, Uri Url, int Weight);

/// <summary>How a list is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(RegionList))]
internal sealed partial class RegionListJson : JsonSerializerContext;

using System.Text.Json.Serialization;

namespace Ingest.Engine;

/// <summary>
/// What one journal took from one source in one hour, and every object that holds it. Written once the hour is closed and
/// all of it is in the lake, so it never changes. docs/lake-format.md describes the fields.
/// </summary>
/// <param name="Version">Of the format: <see cref="ManifestFormat.Version"/>.</param>
/// <param name="Journal">Id of the journal.</param>
/// <param name="Source">The source.</param>
/// <param name="Hour">Start of the hour.</param>
/// <param name="Counts">Events.</param>
/// <param name="QuarantinedByReason">Of the quarantined ones, those by reason: names of <see cref="EventRules"/>; adds up to all of them.</param>
/// <param name="Objects">By key.</param>
public sealed record SourceManifest(
    int Version,
    string Journal,
    string Source,
    Instant Hour,
    HourCounts Counts,
    IReadOnlyDictionary<string, long> QuarantinedByReason,
    IReadOnlyList<ManifestObject> Objects);

/// <summary>An object that a manifest names.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Stream"><c>good</c> or <c>quarantine</c>.</param>
/// <param name="Events">Number of its lines.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record ManifestObject(string Key, string Stream, long Events, long Bytes, string Sha256);

/// <summary>
/// All manifests of one journal and hour: the one object that tells a reader that the hour is complete, also where nothing
/// came in.
/// </summary>
/// <param name="Version">As in <see cref="SourceManifest"/>, and so are the next two.</param>
/// <param name="Counts">Events of all sources.</param>
/// <param name="Manifests">By source.</param>
public sealed record HourIndex(
    int Version, string Journal, Instant Hour, HourCounts Counts, IReadOnlyList<IndexEntry> Manifests);

/// <summary>A manifest that an index names.</summary>
/// <param name="Source">Of which source.</param>
/// <param name="Key">Its key.</param>
/// <param name="Objects">Number of objects that it names.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Counts">Its counts.</param>
public sealed record IndexEntry(string Source, string Key, int Objects, long Bytes, string Sha256, HourCounts Counts);

/// <summary>
/// Events of an hour. Received is the sum of accepted, duplicates and refused; accepted is the sum of good and quarantined.
/// </summary>
public readonly record struct HourCounts(
    long Received, long Accepted, long Good, long Quarantined, long Duplicates, long Refused)
{
    public static HourCounts Of(in LedgerCounts counts) => new(
        counts.Received, counts.Good + counts.Quarantined, counts.Good, counts.Quarantined, counts.Duplicates, counts.Refused);

    public static HourCounts operator +(in HourCounts a, in HourCounts b) => new(
        a.Received + b.Received,
        a.Accepted + b.Accepted,
        a.Good + b.Good,
        a.Quarantined + b.Quarantined,
        a.Duplicates + b.Duplicates,
        a.Refused + b.Refused);
}

/// <summary>How manifests are written: the same bytes for the same content, in every process.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    IndentSize = 1,
    NewLine = "\n",
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SourceManifest))]
[JsonSerializable(typeof(HourIndex))]
public sealed partial class ManifestFormat : JsonSerializerContext
{
    /// <summary>Goes up with every change that an older reader would misunderstand.</summary>
    public const int Version = 1;
}

using System.Text.Json.Serialization;

namespace Ingest.Engine;

/// <summary>
/// The record of a relay object that the primary has durable: written before the object is deleted, and kept in its place.
/// docs/lake-format.md describes the fields.
/// </summary>
/// <param name="Version">Of the format: <see cref="RelayFormat.Version"/>.</param>
/// <param name="Key">Key that the object had.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Lines">Number of its lines.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Hour">Start of the hour in which its events were received.</param>
/// <param name="DeliveredAt">When the primary had confirmed all of it.</param>
/// <param name="DeliveredTo">Where it was delivered.</param>
/// <param name="Accepted">Events new and valid there.</param>
/// <param name="Quarantined">Events new and invalid there.</param>
/// <param name="Duplicates">Events that were there before.</param>
public sealed record BridgedObject(
    int Version,
    string Key,
    long Bytes,
    long Lines,
    string Sha256,
    Instant Hour,
    Instant DeliveredAt,
    string DeliveredTo,
    long Accepted,
    long Quarantined,
    long Duplicates);

/// <summary>A promotion: makes a receiver the primary for good, whatever its command line says.</summary>
/// <param name="Version">Of the format: <see cref="RelayFormat.Version"/>.</param>
/// <param name="Region">Name of the region.</param>
/// <param name="Role">What it is from then on.</param>
/// <param name="Since">When that was decided.</param>
public sealed record RoleRecord(int Version, string Region, RegionRole Role, Instant Since);

/// <summary>How the records of relays are written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    WriteIndented = true,
    IndentSize = 1,
    NewLine = "\n",
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BridgedObject))]
[JsonSerializable(typeof(RoleRecord))]
public sealed partial class RelayFormat : JsonSerializerContext
{
    /// <summary>Goes up with every change that an older reader would misunderstand.</summary>
    public const int Version = 1;
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>
/// What became of one object in a rebuild: <c>PREFIX/rebuilt/…/NAME.json</c>, stored last. So an object with a record is
/// done, and one without is done anew, with the same bytes.
/// </summary>
/// <param name="Object">Key of the object that was read.</param>
/// <param name="Good">Events that are good by the rules of the rebuild.</param>
/// <param name="Quarantined">Events that are not.</param>
/// <param name="Reasons">Why, by reason; an event may have several.</param>
internal sealed record RebuildRecord(string Object, long Good, long Quarantined, SortedDictionary<string, long> Reasons)
{
    /// <summary>Longest record that is read, in bytes: reasons are bounded in number and length.</summary>
    private const int BytesMax = 16 << 20;

    /// <summary>Reads the record of an object; null where there is none.</summary>
    /// <exception cref="LakeUnavailableException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is no such record.</exception>
    public static async Task<RebuildRecord?> ReadAsync(ILake lake, string key, CancellationToken cancellation)
    {
        if (await lake.FindAsync(key, cancellation) is not { } entry)
            return null;
        await using var stored = await lake.OpenReadAsync(key, cancellation);
        try
        {
            if (stored is not null && entry.Length <= BytesMax)
                return await JsonSerializer.DeserializeAsync(stored, RebuildJson.Default.RebuildRecord, cancellation);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{key} is no record of a rebuild: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            throw new LakeUnavailableException($"{key} cannot be read to its end: {exception.Message}", exception);
        }

        throw new InvalidDataException($"{key} is no record of a rebuild");
    }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, RebuildJson.Default.RebuildRecord);
}

/// <summary>The rules of a rebuild, stored first: <c>PREFIX/rebuilt/rules.json</c>.</summary>
/// <param name="Rules">As <see cref="RulesFingerprint"/> has it.</param>
internal sealed record RebuildRules(string Rules);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RebuildRecord))]
[JsonSerializable(typeof(RebuildRules))]
internal sealed partial class RebuildJson : JsonSerializerContext;

using System.Globalization;

namespace Ingest.Engine;

/// <summary>
/// Where things stand in the lake: Hive style, so that Athena, DuckDB, Spark and Trino read it as it stands.
/// <code>good/source=SOURCE/dt=2026-11-21/hr=20/SOURCE-PARTITION-JOURNAL-FROMSEQ-TOSEQ.json.gz</code>
/// </summary>
public static class LakeLayout
{
    /// <summary>The top folder of the manifests.</summary>
    public const string Manifests = "manifests";

    /// <summary>The top folder of what a receiver keeps until the primary has it.</summary>
    public const string Relay = "relay";

    /// <summary>The top folder of the records of relay objects that the primary has.</summary>
    public const string Bridged = "bridged";

    /// <summary>The key of a region's <see cref="RoleRecord"/>.</summary>
    public const string RoleKey = "region/role.json";

    private const string ObjectExtension = ".json.gz";

    /// <summary>The top folder of a batch.</summary>
    public static string Folder(Batch batch) =>
        RelaySource.IsRelay(batch.Partition.Source) ? Relay : Folder(batch.Stream);

    /// <summary>The top folder of a stream, of sources that are no relay sources.</summary>
    public static string Folder(LakeStream stream) => stream switch
    {
        LakeStream.Good => "good",
        LakeStream.Quarantine => "quarantine",
        _ => throw new ArgumentOutOfRangeException(nameof(stream)),
    };

    /// <summary>The key of a batch: a function of the batch and the journal's id alone. Seqs have 12 digits, so names sort.</summary>
    public static string KeyOf(Batch batch, string journalId)
    {
        var number = batch.Partition.Number;
        var source = RelaySource.PlainOf(batch.Partition.Source);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Folder(batch)}/source={source}/dt={batch.Hour.Date}/hr={batch.Hour.HourOfDay}/{source}-{number}-{journalId}-{batch.FromSeq:D12}-{batch.ToSeq:D12}{ObjectExtension}");
    }

    /// <summary>The folder of an hour's manifests, with a <c>/</c> at its end.</summary>
    public static string ManifestFolder(LakeHour hour) => $"{Manifests}/dt={hour.Date}/hr={hour.HourOfDay}/";

    /// <summary>The key of an hour's index: of all manifests of a journal the one that is written last.</summary>
    public static string IndexKey(LakeHour hour, string journalId) => $"{ManifestFolder(hour)}{journalId}.json";

    /// <summary>The key of the manifest of a source and hour; that of a relay source has a name that no source's can have.</summary>
    public static string ManifestKey(LakeHour hour, string journalId, string source) => RelaySource.IsRelay(source)
        ? $"{ManifestFolder(hour)}{Relay}={RelaySource.PlainOf(source)}-{journalId}.json"
        : $"{ManifestFolder(hour)}{source}-{journalId}.json";

    /// <summary>The folder of an hour's records of bridged objects, with a <c>/</c> at its end.</summary>
    public static string BridgedFolder(LakeHour hour) => $"{Bridged}/dt={hour.Date}/hr={hour.HourOfDay}/";

    /// <summary>The key of the record of a relay object.</summary>
    /// <param name="objectKey">Its key, as <see cref="KeyOf"/> wrote it.</param>
    /// <exception cref="ArgumentException">It is no such key.</exception>
    public static string BridgedKey(string objectKey)
    {
        if (!TryReadKey(objectKey, out var hour, out _) || !objectKey.EndsWith(ObjectExtension, StringComparison.Ordinal))
            throw new ArgumentException($"{objectKey} is no key of an object", nameof(objectKey));
        var name = objectKey[(objectKey.LastIndexOf('/') + 1)..^ObjectExtension.Length];
        return $"{BridgedFolder(hour)}{name}.json";
    }

    /// <summary>Reads the key of a relay object.</summary>
    /// <param name="key">Any key.</param>
    /// <param name="source">The source of its events.</param>
    /// <param name="hour">Their hour.</param>
    /// <returns>False for a key of another form: none of this system's objects.</returns>
    public static bool TryReadRelayKey(string key, out string source, out LakeHour hour)
    {
        source = "";
        if (!TryReadKey(key, out hour, out _) || !key.EndsWith(ObjectExtension, StringComparison.Ordinal))
            return false;
        var segments = key.Split('/');
        source = segments[1]["source=".Length..];
        return segments[0] == Relay && SourceName.IsValid(source);
    }

    /// <summary>Reads what <see cref="KeyOf"/> wrote.</summary>
    /// <param name="key">Any key.</param>
    /// <param name="hour">The hour that it names.</param>
    /// <param name="journalId">The journal that it names.</param>
    /// <returns>False for a key of another form.</returns>
    public static bool TryReadKey(string key, out LakeHour hour, out string journalId)
    {
        hour = default;
        journalId = "";
        if (key.Split('/') is not [_, ['s', 'o', 'u', 'r', 'c', 'e', '=', ..], var day, var hourOfDay, var name]
            || !TryReadHour(day, hourOfDay, out hour)
            || name.Split('-') is not { Length: >= 5 } parts)
        {
            return false;
        }

        journalId = parts[^3];
        return true;
    }

    /// <summary>Reads the folder of a day, such as <c>dt=2026-11-21</c>.</summary>
    /// <param name="folder">Any folder's name.</param>
    /// <param name="first">The first hour of the day.</param>
    /// <returns>False for a name of another form.</returns>
    public static bool TryReadDay(string folder, out LakeHour first)
    {
        first = default;
        if (folder is not ['d', 't', '=', .. var date]
            || !DateTimeOffset.TryParseExact(
                date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        first = Instant.From(time).Hour;
        return true;
    }

    /// <summary>Reads the folders of a day and of an hour in it, such as <c>hr=20</c>.</summary>
    /// <returns>False for names of another form.</returns>
    public static bool TryReadHour(string dayFolder, string hourFolder, out LakeHour hour)
    {
        hour = default;
        if (!TryReadDay(dayFolder, out var first)
            || hourFolder is not ['h', 'r', '=', .. { Length: 2 } digits]
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var hourOfDay)
            || hourOfDay > 23)
        {
            return false;
        }

        hour = new LakeHour(first.Number + hourOfDay);
        return true;
    }
}

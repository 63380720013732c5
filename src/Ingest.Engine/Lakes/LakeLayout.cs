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

    /// <summary>The top folder of a stream.</summary>
    public static string Folder(LakeStream stream) => stream switch
    {
        LakeStream.Good => "good",
        LakeStream.Quarantine => "quarantine",
        _ => throw new ArgumentOutOfRangeException(nameof(stream)),
    };

    /// <summary>The key of a batch: a function of the batch and the journal's id alone. Seqs have 12 digits, so names sort.</summary>
    public static string KeyOf(Batch batch, string journalId)
    {
        var (source, number) = batch.Partition;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Folder(batch.Stream)}/source={source}/dt={batch.Hour.Date}/hr={batch.Hour.HourOfDay}/{source}-{number}-{journalId}-{batch.FromSeq:D12}-{batch.ToSeq:D12}.json.gz");
    }

    /// <summary>The folder of an hour's manifests, with a <c>/</c> at its end.</summary>
    public static string ManifestFolder(LakeHour hour) => $"{Manifests}/dt={hour.Date}/hr={hour.HourOfDay}/";

    /// <summary>The key of an hour's index: of all manifests of a journal the one that is written last.</summary>
    public static string IndexKey(LakeHour hour, string journalId) => $"{ManifestFolder(hour)}{journalId}.json";

    /// <summary>The key of the manifest of a source and hour.</summary>
    public static string ManifestKey(LakeHour hour, string journalId, string source) =>
        $"{ManifestFolder(hour)}{source}-{journalId}.json";

    /// <summary>Reads what <see cref="KeyOf"/> wrote.</summary>
    /// <param name="key">Any key.</param>
    /// <param name="hour">The hour that it names.</param>
    /// <param name="journalId">The journal that it names.</param>
    /// <returns>False for a key of another form.</returns>
    public static bool TryReadKey(string key, out LakeHour hour, out string journalId)
    {
        hour = default;
        journalId = "";
        var segments = key.Split('/');
        if (segments is not [_, ['s', 'o', 'u', 'r', 'c', 'e', '=', ..], ['d', 't', '=', .. var date], ['h', 'r', '=', .. var hourOfDay], var name])
            return false;
        var parts = name.Split('-');
        if (parts.Length < 5
            || !DateTimeOffset.TryParseExact(
                $"{date} {hourOfDay}", "yyyy-MM-dd HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        hour = Instant.From(time).Hour;
        journalId = parts[^3];
        return true;
    }
}

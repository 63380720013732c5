using System.Globalization;

namespace Ingest.Engine;

/// <summary>
/// Where things stand in the lake: Hive style, so that Athena, DuckDB, Spark and Trino read it as it stands.
/// <code>good/source=SOURCE/dt=2026-11-21/hr=20/SOURCE-PARTITION-JOURNAL-FROMSEQ-TOSEQ.json.gz</code>
/// </summary>
public static class LakeLayout
{
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
}

using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>A sealed batch that the lake has not confirmed.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Received">When its first event was received.</param>
/// <param name="Pieces">Number of pieces of its merged body; 0 where its blocks' own bodies ship.</param>
/// <param name="FirstGeneration">None of its rows is in a generation below this,</param>
/// <param name="LastGeneration">and none above this.</param>
internal sealed record SealedBatch(int Partition, Batch Batch, Instant Received, short Pieces, int FirstGeneration, int LastGeneration)
{
    /// <summary>The columns that batches and shipped have in common, after the partition's name.</summary>
    public const string BatchColumns =
        "b.stream, b.from_seq, b.to_seq, b.hour, b.blocks, b.events, b.line_bytes, b.body_bytes, b.sealed_at, b.reason";

    public const string Columns = $"p.source, p.number, {BatchColumns}, b.partition, b.received, b.pieces, b.first_generation, b.last_generation";

    /// <summary>Everything but a condition on <c>b</c> and <c>p</c>.</summary>
    public const string Select = $"SELECT {Columns} FROM ingest.batches b JOIN ingest.partitions p ON p.id = b.partition";

    public static SealedBatch Read(NpgsqlDataReader rows) => new(
        rows.GetInt32(12),
        ReadBatch(rows),
        new Instant(rows.GetInt64(13)),
        rows.GetInt16(14),
        rows.GetInt32(15),
        rows.GetInt32(16));

    /// <summary>Reads a partition's name and <see cref="BatchColumns"/>, from the first column on.</summary>
    public static Batch ReadBatch(NpgsqlDataReader rows) => new(
        new PartitionId(rows.GetString(0), rows.GetInt32(1)),
        (LakeStream)rows.GetInt16(2),
        new LakeHour(rows.GetInt32(5)),
        rows.GetInt64(3),
        rows.GetInt64(4),
        rows.GetInt32(6),
        rows.GetInt32(7),
        rows.GetInt64(8),
        rows.GetInt64(9),
        new Instant(rows.GetInt64(10)),
        (SealReason)rows.GetInt16(11));
}

using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The columns of a <see cref="BlockInfo"/>: the first seven that are read of a block, here and in version 4.</summary>
internal static class BlockColumns
{
    public const string Names = "seq, stream, hour, events, line_bytes, body_bytes, received";

    public static BlockInfo Read(in Statement.Rows rows) => new(
        rows.Int64(0),
        (LakeStream)rows.Int64(1),
        new LakeHour(rows.Int32(2)),
        rows.Int32(3),
        rows.Int32(4),
        rows.Int32(5),
        new Instant(rows.Int64(6)));
}

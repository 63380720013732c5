using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over one generation of bodies.</summary>
internal static class BlocksTable
{
    private static readonly RowParameters<BlockRow> Rows = new(
        first: 1,
        [
            new("partition", "int", r => r.Partition),
            new("piece", "smallint", r => r.Piece),
            new("seq", "bigint", r => r.Info.Seq),
            new("received", "bigint", r => r.Info.Received.UnixMilliseconds),
            new("hour", "int", r => r.Info.Hour.Number),
            new("events", "int", r => r.Info.Events),
            new("line_bytes", "int", r => r.Info.LineBytes),
            new("crc", "int", r => r.Crc),
            new("stream", "smallint", r => (short)r.Info.Stream),
        ],
        new("body", r => r.Body));

    public static NpgsqlBatchCommand Insert(int generation, List<BlockRow> rows) => Rows.Insert(GenerationTables.Blocks(generation), rows);
}

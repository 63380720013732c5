using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over one generation of bodies.</summary>
internal static class BlocksTable
{
    public static NpgsqlBatchCommand Insert(int generation, List<BlockRow> rows)
    {
        var command = new NpgsqlBatchCommand(
            $"""
            INSERT INTO {GenerationTables.Blocks(generation)} (partition, piece, seq, received, hour, events, line_bytes, crc, stream, body)
            SELECT * FROM unnest($1::int[], $2::smallint[], $3::bigint[], $4::bigint[], $5::int[], $6::int[], $7::int[], $8::int[], $9::smallint[], $10::bytea[])
            """);
        Add(r => r.Partition);
        Add(r => r.Piece);
        Add(r => r.Info.Seq);
        Add(r => r.Info.Received.UnixMilliseconds);
        Add(r => r.Info.Hour.Number);
        Add(r => r.Info.Events);
        Add(r => r.Info.LineBytes);
        Add(r => r.Crc);
        Add(r => (short)r.Info.Stream);
        Add(r => r.Body);
        return command;

        void Add<T>(Func<BlockRow, T> column) => command.Parameters.Add(Parameter.Of(rows.Select(column).ToArray()));
    }
}

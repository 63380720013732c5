using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over one generation of ids.</summary>
internal static class IdsTable
{
    public static NpgsqlBatchCommand Insert(int generation, List<IdsRow> rows) => new(
        $"""
        INSERT INTO {GenerationTables.Ids(generation)} (partition, crc, first_seq, clock, ids)
        SELECT * FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bytea[])
        """)
    {
        Parameters =
        {
            Parameter.Of(rows.Select(r => r.Partition).ToArray()),
            Parameter.Of(rows.Select(r => r.Crc).ToArray()),
            Parameter.Of(rows.Select(r => r.Run.FirstSeq).ToArray()),
            Parameter.Of(rows.Select(r => r.Run.Clock.UnixMilliseconds).ToArray()),
            Parameter.Of(rows.Select(r => r.Run.Ids).ToArray()),
        },
    };
}

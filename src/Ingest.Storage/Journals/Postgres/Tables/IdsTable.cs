using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>Statements over one generation of ids.</summary>
internal static class IdsTable
{
    private static readonly RowParameters<IdsRow> Rows = new(
        first: 1,
        [
            new("partition", "int", r => r.Partition),
            new("crc", "int", r => r.Crc),
            new("first_seq", "bigint", r => r.Run.FirstSeq),
            new("clock", "bigint", r => r.Run.Clock.UnixMilliseconds),
        ],
        new("ids", r => r.Run.Ids));

    public static NpgsqlBatchCommand Insert(int generation, List<IdsRow> rows) => Rows.Insert(GenerationTables.Ids(generation), rows);
}

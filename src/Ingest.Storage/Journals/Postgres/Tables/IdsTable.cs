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

    private static readonly string InsertOne = InsertSql(isOne: true);

    private static readonly string InsertMany = InsertSql(isOne: false);

    public static NpgsqlBatchCommand Insert(int generation, List<IdsRow> rows)
    {
        var command = new NpgsqlBatchCommand($"INSERT INTO {GenerationTables.Ids(generation)} {(rows.Count == 1 ? InsertOne : InsertMany)}");
        Rows.AddTo(command, rows);
        return command;
    }

    private static string InsertSql(bool isOne) => $"({Rows.Names}) SELECT {Rows.Names} FROM {Rows.From(isOne)} AS u";
}

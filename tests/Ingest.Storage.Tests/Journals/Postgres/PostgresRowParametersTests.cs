using Ingest.Storage.Postgres;
using Npgsql;

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>The server sees the rows that were given, all of them and in their order, in which it locks.</summary>
public sealed class PostgresRowParametersTests(PostgresFixture fixture) : IAsyncLifetime
{
    private static readonly RowParameters<Row> Numbers = new(
        first: 2,
        [
            new("small", "smallint", r => r.Small),
            new("middle", "int", r => r.Middle),
            new("large", "bigint", r => r.Large),
        ]);

    private static readonly RowParameters<Row> WithBytes = new(
        first: 2,
        [
            new("small", "smallint", r => r.Small),
            new("middle", "int", r => r.Middle),
            new("large", "bigint", r => r.Large),
        ],
        new("bytes", r => r.Bytes));

    private string _database = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await (await fixture.ServerAsync()).NewDatabaseAsync();

    public async ValueTask DisposeAsync() => await fixture.DropAsync(_database);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(1_024)]
    public async Task Rows_arrive_as_they_are(int count)
    {
        var rows = Enumerable.Range(0, count).Select(RowOf).ToList();

        Assert.Equal(rows.Select(r => r with { Bytes = default }), await ReadAsync(Numbers, rows, hasBytes: false));

        var read = await ReadAsync(WithBytes, rows, hasBytes: true);
        Assert.Equal(rows.Select(r => r with { Bytes = default }), read.Select(r => r with { Bytes = default }));
        Assert.Equal(rows.Select(r => r.Bytes.ToArray()), read.Select(r => r.Bytes.ToArray()));
    }

    /// <summary>A number that its column cannot hold is an error, and not another number.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_number_out_of_range_is_refused(int count)
    {
        var parameters = new RowParameters<int>(first: 2, [new("middle", "int", _ => 1L + int.MaxValue)]);
        var command = new NpgsqlBatchCommand($"SELECT middle FROM {parameters.From(count == 1)} AS u WHERE $1") { Parameters = { Parameter.Of(true) } };
        parameters.AddTo(command, new int[count]);
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };

        var fault = await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync(Cancellation));

        Assert.Equal(PostgresErrorCodes.NumericValueOutOfRange, fault.SqlState);
    }

    private async Task<List<Row>> ReadAsync(RowParameters<Row> parameters, List<Row> rows, bool hasBytes)
    {
        var command = new NpgsqlBatchCommand($"SELECT {parameters.Names} FROM {parameters.From(rows.Count == 1)} AS u WHERE $1") { Parameters = { Parameter.Of(true) } };
        parameters.AddTo(command, rows);
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(Cancellation);
        var read = new List<Row>();
        while (await reader.ReadAsync(Cancellation))
            read.Add(new Row(reader.GetInt16(0), reader.GetInt32(1), reader.GetInt64(2), hasBytes ? reader.GetFieldValue<byte[]>(3) : default));
        return read;
    }

    /// <summary>The ends of each type, numbers that differ from row to row, and bytes of every length from none on.</summary>
    private static Row RowOf(int number) => new(
        number % 2 == 0 ? short.MinValue : short.MaxValue,
        number % 3 == 0 ? int.MinValue : number,
        number % 5 == 0 ? long.MinValue : long.MaxValue - number,
        Enumerable.Repeat((byte)number, number).ToArray());

    private readonly record struct Row(short Small, int Middle, long Large, ReadOnlyMemory<byte> Bytes);
}

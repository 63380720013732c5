using System.Globalization;
using System.Text;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>One column of numbers.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type: smallint, int or bigint.</param>
/// <param name="Value">The number of a row.</param>
internal readonly record struct NumberColumn<TRow>(string Name, string Type, Func<TRow, long> Value);

/// <summary>The column of bytes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The bytes of a row.</param>
internal sealed record BytesColumn<TRow>(string Name, Func<TRow, ReadOnlyMemory<byte>> Value);

/// <summary>Rows that a statement takes as parameters.</summary>
/// <remarks>
/// For PostgreSQL a function in FROM is dear for each call and for each row, so there is one at most: all numbers of all rows
/// are in one array, row after row. A single row, as of a source with one partition, needs none: its values are parameters of
/// their own.
/// </remarks>
/// <param name="first">Number of the first parameter, from 1.</param>
/// <param name="numbers">The columns, but for bytes.</param>
/// <param name="bytes">The last column, if there is one.</param>
internal sealed class RowParameters<TRow>(int first, NumberColumn<TRow>[] numbers, BytesColumn<TRow>? bytes = null)
{
    private string? _insertOne;
    private string? _insertMany;

    /// <summary>The names of all columns.</summary>
    public string Names { get; } = string.Join(", ", numbers.Select(n => n.Name).Concat(bytes is null ? [] : [bytes.Name]));

    /// <summary>The rows as an item of a FROM clause, in their order and without an alias.</summary>
    /// <param name="isOne">Whether there is one row only.</param>
    public string From(bool isOne)
    {
        var sql = new StringBuilder("(SELECT ");
        for (var i = 0; i < numbers.Length; i++)
        {
            var value = isOne ? Invariant($"${first + i}::bigint") : Invariant($"(${first}::bigint[])[at + {i + 1}]");
            sql.Append(Invariant($"{(i > 0 ? ", " : "")}{value}::{numbers[i].Type} AS {numbers[i].Name}"));
        }

        if (bytes is not null)
            sql.Append(isOne ? Invariant($", ${first + numbers.Length}::bytea AS {bytes.Name}") : $", {bytes.Name}");
        if (!isOne)
        {
            sql.Append(bytes is null
                ? Invariant($" FROM generate_series(0, cardinality(${first}::bigint[]) - 1, {numbers.Length}) AS at")
                : Invariant($" FROM unnest(${first + 1}::bytea[]) WITH ORDINALITY AS b ({bytes.Name}, n), LATERAL (SELECT (n::int - 1) * {numbers.Length} AS at) AS a"));
        }

        return sql.Append(')').ToString();

        static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Inserts the rows as they are; they are all the parameters of the statement.</summary>
    /// <param name="table">Into which table.</param>
    /// <param name="rows">At least one.</param>
    public NpgsqlBatchCommand Insert(string table, IReadOnlyList<TRow> rows)
    {
        var values = rows.Count == 1 ? _insertOne ??= InsertSql(isOne: true) : _insertMany ??= InsertSql(isOne: false);
        var command = new NpgsqlBatchCommand($"INSERT INTO {table} {values}");
        AddTo(command, rows);
        return command;
    }

    /// <summary>Adds the parameters to a statement made for as many rows.</summary>
    public void AddTo(NpgsqlBatchCommand command, IReadOnlyList<TRow> rows)
    {
        if (rows.Count == 1)
        {
            foreach (var column in numbers)
                command.Parameters.Add(Parameter.Of(column.Value(rows[0])));
            if (bytes is not null)
                command.Parameters.Add(Parameter.Of(bytes.Value(rows[0])));
            return;
        }

        var all = new long[rows.Count * numbers.Length];
        var at = 0;
        for (var row = 0; row < rows.Count; row++)
        {
            foreach (var column in numbers)
                all[at++] = column.Value(rows[row]);
        }

        command.Parameters.Add(Parameter.Of(all));
        if (bytes is not null)
            command.Parameters.Add(Parameter.Of(rows.Select(bytes.Value).ToArray()));
    }

    private string InsertSql(bool isOne) => $"({Names}) SELECT {Names} FROM {From(isOne)} AS u";
}

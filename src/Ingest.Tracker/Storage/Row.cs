namespace Ingest.Tracker;

/// <summary>Columns that events and dead letters have in common.</summary>
internal static class Row
{
    /// <summary>Reads id, name, schema and data from <paramref name="column"/> on.</summary>
    public static EventBody Body(Statement row, int column) =>
        new(row.Text(column)!, row.Text(column + 1)!, row.Text(column + 2), row.Bytes(column + 3));

    /// <summary>Reads the four times from <paramref name="column"/> on.</summary>
    public static EventTime Time(Statement row, int column) =>
        new(row.Int64(column), row.Int64(column + 1), row.Text(column + 2), row.Int64(column + 3));
}

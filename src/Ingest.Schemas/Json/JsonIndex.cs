namespace Ingest.Schemas;

/// <summary>
/// A JSON text and its rows in document order. Nothing is decoded or copied: a value is a span of the text, a subtree is
/// a run of rows, and skipping one is an addition. That is what lets keywords look at a value as often as they need.
/// </summary>
internal readonly ref struct JsonIndex(ReadOnlySpan<byte> text, ReadOnlySpan<JsonRow> rows)
{
    public readonly ReadOnlySpan<byte> Text = text;

    public readonly ReadOnlySpan<JsonRow> Rows = rows;

    /// <summary>The bytes of a value as they stand in the text; strings and names without quotes, escapes as written.</summary>
    public ReadOnlySpan<byte> Raw(int row)
    {
        ref readonly var at = ref Rows[row];
        return Text.Slice(at.Start, at.Length);
    }

    /// <summary>The row after the value at <paramref name="row"/>.</summary>
    public int After(int row) => row + Rows[row].Rows;

    /// <summary>The text of a string or name with its escapes resolved.</summary>
    public JsonString String(int row) => new(Raw(row), Rows[row].Escaped);

    /// <summary>The value of a number.</summary>
    public JsonNumber Number(int row) => JsonNumber.Parse(Raw(row));
}

using System.Text;
using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>A JSON value of a schema, kept to be compared with values of instances.</summary>
internal sealed class JsonConstant
{
    private readonly byte[] _text;
    private readonly JsonRow[] _rows;

    private JsonConstant(byte[] text, JsonRow[] rows)
    {
        _text = text;
        _rows = rows;
    }

    public JsonIndex Index => new(_text, _rows);

    public JsonKind Kind => _rows[0].Kind;

    /// <summary>Takes a value out of a schema, unless it has a number or a nesting beyond the limits.</summary>
    public static JsonConstant? TryCreate(JsonElement value, SchemaLimits limits, out string? problem)
    {
        var text = Encoding.UTF8.GetBytes(value.GetRawText());
        var rows = new JsonRowBuffer(capacity: 16);
        problem = JsonIndexer.Index(text, limits, ref rows);
        var constant = problem is null ? new JsonConstant(text, rows.Rows.ToArray()) : null;
        rows.Dispose();
        return constant;
    }

    /// <summary>The value as the schema has it.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_text);
}

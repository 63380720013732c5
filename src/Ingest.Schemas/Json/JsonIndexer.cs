using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Schemas;

/// <summary>Writes down the rows of a JSON text, or says why it has none.</summary>
internal static class JsonIndexer
{
    /// <summary>Indexes a text.</summary>
    /// <param name="text">The bytes, a single JSON value.</param>
    /// <param name="limits">Bounds on nesting and numbers.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <returns>Null, or why the text cannot be judged.</returns>
    public static string? Index(ReadOnlySpan<byte> text, SchemaLimits limits, ref JsonRowBuffer rows)
    {
        if (!Utf8.IsValid(text))
            return "the bytes are not UTF-8";
        if (JsonRowScan.TryRead(text, limits, ref rows))
            return null;
        rows.Clear();
        try
        {
            return JsonRowReader.Read(text, limits, ref rows);
        }
        catch (JsonException broken)
        {
            return $"not a single JSON value: broken at line {broken.LineNumber + 1}, byte {broken.BytePositionInLine + 1}";
        }
    }
}

using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>A self-describing document as found: <c>{"schema":"iglu:…","data":…}</c>.</summary>
/// <param name="Schema">Contents of the schema's JSON string; empty where there is none.</param>
/// <param name="Data">The data, any JSON value; empty where there is none.</param>
public readonly record struct SelfDescribing(Slice Schema, Slice Data)
{
    /// <summary>True where it has both members.</summary>
    public bool IsComplete => !Schema.IsEmpty && !Data.IsEmpty;

    /// <summary>Reads a whole document.</summary>
    /// <param name="json">The document.</param>
    /// <param name="offset">Where it begins in the batch.</param>
    /// <exception cref="JsonException">It is not JSON, or more than one value.</exception>
    public static SelfDescribing Read(ReadOnlySpan<byte> json, int offset)
    {
        var reader = new Utf8JsonReader(json, JsonScan.InnerOptions);
        reader.Read();
        var found = Read(ref reader, offset);
        // Throws where anything but white space follows.
        reader.Read();
        return found;
    }

    /// <summary>Reads every item of an array.</summary>
    /// <param name="json">The array.</param>
    /// <param name="offset">Where it begins in the batch.</param>
    /// <param name="items">Receives them.</param>
    /// <returns>False where the value is no array.</returns>
    public static bool TryReadArray(ReadOnlySpan<byte> json, int offset, PooledList<SelfDescribing> items)
    {
        var reader = new Utf8JsonReader(json, JsonScan.InnerOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            return false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            items.Add(Read(ref reader, offset));
        return true;
    }

    /// <summary>Reads the value at which the reader stands; a value that is no object comes out empty.</summary>
    private static SelfDescribing Read(ref Utf8JsonReader reader, int offset)
    {
        var found = default(SelfDescribing);
        var deepest = 0;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            JsonScan.Value(ref reader, ref deepest);
            return found;
        }
        Span<byte> scratch = stackalloc byte[32];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = JsonScan.Name(reader, scratch);
            var isSchema = name.SequenceEqual("schema"u8);
            var isData = name.SequenceEqual("data"u8);
            reader.Read();
            if (isSchema && reader.TokenType == JsonTokenType.String)
                found = found with { Schema = Moved(JsonScan.Contents(reader), offset) };
            var value = JsonScan.Value(ref reader, ref deepest);
            if (isData)
                found = found with { Data = Moved(value, offset) };
        }
        return found;
    }

    private static Slice Moved(Slice slice, int offset) => slice with { Offset = slice.Offset + offset };
}

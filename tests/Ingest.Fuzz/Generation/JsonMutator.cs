using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>Changes JSON by its values, so that most results are JSON still: copies, moves, wraps and drops whole values.</summary>
internal static class JsonMutator
{
    private const int ValuesMax = 2_000;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 2_000 };

    /// <summary>Replaces a value by another one.</summary>
    /// <param name="chance">The only source of choices.</param>
    /// <param name="json">What is changed; left as it is. Any bytes.</param>
    /// <param name="other">Where values are taken from. Any bytes.</param>
    public static byte[] Change(Chance chance, byte[] json, byte[] other)
    {
        var values = ValuesOf(json);
        if (values.Count == 0)
            return json;
        var (at, length) = chance.OfList(values);
        var text = new ByteText().Add(json.AsSpan(0, at));
        var value = json.AsSpan(at, length);
        var (from, count) = chance.OfList(values);
        switch (chance.Next(6))
        {
            case 0:
                text.Add(json.AsSpan(from, count));
                break;
            case 1 when ValuesOf(other) is { Count: > 0 } others:
                (from, count) = chance.OfList(others);
                text.Add(other.AsSpan(from, count));
                break;
            case 2:
                text.Add((byte)'[').Add(value).Add((byte)']');
                break;
            case 3:
                // The value twice: in an array two items, in an object a value that has lost its name.
                text.Add(value).Add((byte)',').Add(value);
                break;
            case 4:
                text.Add("{\"$ref\":"u8).Add(value).Add(",\"data\":"u8).Add(value).Add((byte)'}');
                break;
            default:
                RandomJson.Value(chance, text, levels: 3);
                break;
        }
        return text.Add(json.AsSpan(at + length)).ToArray();
    }

    /// <summary>Where the values are, as far as the bytes are JSON.</summary>
    private static List<(int At, int Length)> ValuesOf(byte[] json)
    {
        var found = new List<(int, int)>();
        var open = new Stack<int>();
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            while (found.Count < ValuesMax && reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push(start);
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        start = open.Pop();
                        found.Add((start, end - start));
                        break;
                    case JsonTokenType.PropertyName:
                        // With its colon; what follows is the value.
                        break;
                    default:
                        found.Add((start, end - start));
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // The values before it do.
        }
        return found;
    }
}

using System.Text;

namespace Ingest.Collector.Tests;

/// <summary>JSON objects from a seed, half of them with bytes changed so that most of those are broken.</summary>
internal sealed class RandomJson(Random random)
{
    private const int DepthMax = 5;

    private static readonly string[] Names =
        ["event_id", "name", "occurred_at", "sent_at", "schema", "data", "x", "", "properties", "n\\u0061me", "d\\u0061ta", "\\ud800", "a\\\"b", "ü", "a name of more than sixteen bytes"];

    private static readonly string[] Texts =
        ["", "a", "page_view", "2026-11-21T20:15:03.123Z", "b0c2f4e6-1d3a-4f5b-8c7d-9e0f1a2b3c4d", "üß€😀", "\\n", "\\u00e9 and more of it", "\\ud83d\\ude00", "\\ud800", "\\/\\b\\f\\r\\t\\\\\\\"", "a text of sixteen and then a \\\" in the middle of it"];

    private static readonly string[] Scalars =
        ["0", "-0", "1", "-12", "3.25", "1e9", "-1.5E-3", "2e+10", "1795292104123", "true", "false", "null", "[]", "{}", "[ ]", "{ }"];

    private static readonly string[] Spaces = ["", "", "", "", " ", "\n", "\t ", "\r\n  "];

    private static readonly byte[] Interesting = [.. "{}[]\",:\\/ \t\r\n0123456789-+.eEtrufalsn"u8, 0x00, 0x08, 0x1f, 0x7f, 0x80, 0xc3, 0xff];

    private readonly StringBuilder _text = new();

    /// <summary>An object, or what was one.</summary>
    public byte[] MakeObject()
    {
        _text.Clear();
        Object(0);
        var json = Encoding.UTF8.GetBytes(_text.ToString()).ToList();
        if (random.Next(2) == 0)
            return [.. json];
        for (var changes = random.Next(1, 4); changes > 0 && json.Count > 0; changes--)
            Change(json);
        return [.. json];
    }

    private void Change(List<byte> json)
    {
        var at = random.Next(json.Count);
        switch (random.Next(5))
        {
            case 0:
                json[at] = Any(Interesting);
                break;
            case 1:
                json.Insert(at, Any(Interesting));
                break;
            case 2:
                json.RemoveAt(at);
                break;
            case 3:
                json.RemoveRange(at, random.Next(json.Count - at));
                break;
            default:
                json.InsertRange(random.Next(json.Count), json.GetRange(at, random.Next(Math.Min(20, json.Count - at))));
                break;
        }
    }

    private void Object(int depth)
    {
        _text.Append('{');
        Space();
        for (var (i, count) = (0, random.Next(6)); i < count; i++)
        {
            if (i > 0)
                Punctuation(',');
            Quoted(Any(Names));
            Punctuation(':');
            Value(depth + 1);
        }
        Space();
        _text.Append('}');
    }

    private void Array(int depth)
    {
        _text.Append('[');
        Space();
        for (var (i, count) = (0, random.Next(4)); i < count; i++)
        {
            if (i > 0)
                Punctuation(',');
            Value(depth + 1);
        }
        Space();
        _text.Append(']');
    }

    private void Value(int depth)
    {
        switch (random.Next(depth < DepthMax ? 8 : 6))
        {
            case < 3:
                Quoted(Any(Texts));
                break;
            case < 6:
                _text.Append(Any(Scalars));
                break;
            case 6:
                Object(depth);
                break;
            default:
                Array(depth);
                break;
        }
    }

    private void Quoted(string contents) => _text.Append('"').Append(contents).Append('"');

    private void Punctuation(char mark)
    {
        Space();
        _text.Append(mark);
        Space();
    }

    private void Space() => _text.Append(Any(Spaces));

    private T Any<T>(T[] values) => values[random.Next(values.Length)];
}

using System.Text.Json;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>
/// Finds the events in a plain JSON body: one object, an array of them, or one a line. What is broken becomes an event
/// of its own, so that its neighbours are taken.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A body that starts with <c>[</c> is an array. Where it breaks, the items before are events and the rest is one.</item>
/// <item>Else it is read as values that each end their line. Once one of them took a single line, or one is broken while
/// a later line begins with <c>{</c>, every line is read by itself, so that a broken line costs itself alone. Otherwise
/// what is broken, to the end, is one event: a pretty-printed object does not fall into its lines.</item>
/// </list>
/// What is sound is read by <see cref="JsonObjectScan"/>; an array or a value on which that gives up is read once more, by
/// <see cref="Utf8JsonReader"/>. So every byte is read at most four times, nearly every one once. Every byte that is not white
/// space, or punctuation between items, is in exactly one event.
/// </remarks>
public readonly ref struct JsonBody
{
    /// <summary>Broken lines after which the rest is taken as one: each costs as much time as ten good ones.</summary>
    public const int BrokenLinesMax = 1000;

    private const string AfterArray = "something stands after the array";

    private readonly ReadOnlySpan<byte> _body;
    private readonly FieldNames _names;
    private readonly PooledList<JsonEvent> _events;
    private readonly int _eventsMax;

    private JsonBody(ReadOnlySpan<byte> body, FieldNames names, int eventsMax, PooledList<JsonEvent> events)
    {
        _body = body;
        _names = names;
        _events = events;
        _eventsMax = eventsMax;
    }

    private bool IsFull => _events.Count > _eventsMax;

    /// <summary>Finds the events.</summary>
    /// <param name="body">The body.</param>
    /// <param name="names">What the source calls its fields.</param>
    /// <param name="eventsMax">Most events to find.</param>
    /// <param name="events">Receives them, in order; empty before.</param>
    /// <returns>False where there are more than <paramref name="eventsMax"/>.</returns>
    public static bool TryScan(
        ReadOnlySpan<byte> body, FieldNames names, int eventsMax, PooledList<JsonEvent> events)
    {
        var scan = new JsonBody(body, names, eventsMax, events);
        var start = JsonScan.Start(body);
        if (start < body.Length && body[start] == '[')
        {
            if (!scan.TrySoundArray(start))
                scan.Array(start);
        }
        else
            scan.Records(start);
        return !scan.IsFull;
    }

    /// <summary>Reads bytes that are one event, whatever value it is: an array is not taken apart.</summary>
    public static JsonEvent ReadOne(ReadOnlySpan<byte> json, FieldNames names)
    {
        using var events = new PooledList<JsonEvent>();
        var scan = new JsonBody(json, names, eventsMax: 1, events);
        if (scan.TryValue(0, json.Length, out var found, out var problem) && JsonLexis.SkipSpace(json, End(found.Payload)) == json.Length)
            return found;
        return new JsonEvent { Payload = new Slice(0, json.Length), Problem = problem ?? "something stands after the value" };
    }

    /// <summary>Reads an array of sound objects.</summary>
    /// <returns>False where something else is in it, or it breaks: then nothing has been found.</returns>
    private bool TrySoundArray(int start)
    {
        var at = start;
        do
        {
            at = JsonLexis.SkipSpace(_body, at + 1);
            if (!JsonObjectScan.TryRead(_body, at, _names, out var found))
            {
                _events.Clear();
                return false;
            }
            Add(found);
            if (IsFull)
                return true;
            at = JsonLexis.SkipSpace(_body, End(found.Payload));
        }
        while (JsonLexis.ByteAt(_body, at) == ',');
        if (JsonLexis.ByteAt(_body, at) != ']')
        {
            _events.Clear();
            return false;
        }
        AddBroken(JsonLexis.SkipSpace(_body, at + 1), _body.Length, AfterArray);
        return true;
    }

    private void Array(int start)
    {
        var reader = new Utf8JsonReader(_body[start..], JsonScan.BodyOptions);
        var whole = start + 1;
        var problem = AfterArray;
        try
        {
            reader.Read();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Add(Event(ref reader, start));
                whole = start + (int)reader.BytesConsumed;
                if (IsFull)
                    return;
            }
            whole = start + (int)reader.BytesConsumed;
        }
        catch (JsonException e)
        {
            problem = e.Message;
            whole = JsonLexis.SkipSpace(_body, whole);
            if (whole < _body.Length && _body[whole] == ',')
                whole++;
        }
        AddBroken(JsonLexis.SkipSpace(_body, whole), _body.Length, problem);
    }

    private void Records(int at)
    {
        while (at < _body.Length && !IsFull)
        {
            if (!TryValue(at, _body.Length, out var found, out var problem) || !EndsItsLine(End(found.Payload)))
            {
                if (_body[at..].IndexOf("\n{"u8) >= 0)
                    Lines(at);
                else
                    AddBroken(at, _body.Length, problem ?? "something stands after the value");
                return;
            }
            Add(found);
            at = JsonLexis.SkipSpace(_body, End(found.Payload));
            if (_body[found.Payload.Offset..End(found.Payload)].Contains((byte)'\n'))
                continue;
            Lines(at);
            return;
        }
    }

    private void Lines(int at)
    {
        var broken = 0;
        while (at < _body.Length && !IsFull)
        {
            var next = _body[at..].IndexOf((byte)'\n');
            var end = next < 0 ? _body.Length : at + next;
            var start = JsonLexis.SkipSpace(_body[..end], at);
            if (start < end)
            {
                if (!TryValue(start, end, out var found, out var problem))
                {
                    if (++broken > BrokenLinesMax)
                    {
                        AddBroken(start, _body.Length, $"{BrokenLinesMax} lines before are broken: this is the rest");
                        return;
                    }
                    AddBroken(start, end, problem);
                }
                else if (JsonLexis.SkipSpace(_body[..end], End(found.Payload)) < end)
                    AddBroken(start, end, "something stands after the value");
                else
                    Add(found);
            }
            at = end + 1;
        }
    }

    /// <summary>Reads the value that begins at <paramref name="start"/>, whatever follows it before <paramref name="end"/>.</summary>
    private bool TryValue(int start, int end, out JsonEvent found, out string? problem)
    {
        problem = null;
        if (JsonObjectScan.TryRead(_body[..end], start, _names, out found))
            return true;
        var reader = new Utf8JsonReader(_body[start..end], JsonScan.BodyOptions);
        try
        {
            reader.Read();
            found = Event(ref reader, start);
            return true;
        }
        catch (JsonException e)
        {
            found = default;
            problem = e.Message;
            return false;
        }
    }

    /// <summary>Reads the value at which the reader stands as an event.</summary>
    private JsonEvent Event(ref Utf8JsonReader reader, int offset)
    {
        var start = (int)reader.TokenStartIndex;
        var outside = reader.CurrentDepth;
        var deepest = outside + 1;
        var found = new JsonEvent { IsObject = reader.TokenType == JsonTokenType.StartObject };
        if (found.IsObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                Member(ref reader, offset, ref found, ref deepest);
        }
        else
            JsonScan.Value(ref reader, ref deepest);
        found.Payload = new Slice(offset + start, (int)reader.BytesConsumed - start);
        found.Depth = deepest - outside;
        return found;
    }

    private void Member(ref Utf8JsonReader reader, int offset, ref JsonEvent found, ref int deepest)
    {
        Span<byte> scratch = stackalloc byte[128];
        var field = _names.Find(JsonScan.Name(reader, scratch));
        reader.Read();
        var type = reader.TokenType;
        var value = type == JsonTokenType.String ? JsonScan.Contents(reader) : JsonScan.Value(ref reader, ref deepest);
        if (field is { } known)
            found[known] = new JsonFieldValue(type, value with { Offset = offset + value.Offset });
    }

    private bool EndsItsLine(int at)
    {
        var next = _body[at..].IndexOfAnyExcept(" \t\r"u8);
        return next < 0 || _body[at + next] == '\n';
    }

    private void Add(in JsonEvent found) => _events.Add(found);

    private void AddBroken(int start, int end, string? problem)
    {
        if (start < end)
            _events.Add(new JsonEvent { Payload = new Slice(start, end - start), Problem = problem });
    }

    private static int End(Slice slice) => slice.Offset + slice.Length;
}

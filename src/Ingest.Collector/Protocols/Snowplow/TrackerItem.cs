using System.Runtime.CompilerServices;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>One event of a tracker payload as found, before anything is resolved.</summary>
public struct TrackerItem
{
    private Slices _values;

    /// <summary>Where it is.</summary>
    public Slice Payload { get; set; }

    /// <summary>False where the JSON value is no object.</summary>
    public bool IsObject { get; set; }

    /// <summary>How deep it is nested; 1 for a flat object.</summary>
    public int Depth { get; set; }

    /// <summary>What breaks the protocol; null where nothing does.</summary>
    public List<EventError>? Errors { get; set; }

    /// <summary>Contents of a parameter's JSON string. Of one that stands twice the last one counts.</summary>
    public Slice this[TrackerParameter parameter]
    {
        readonly get => _values[(int)parameter];
        set => _values[(int)parameter] = value;
    }

    /// <summary>Reads the value at which the reader stands.</summary>
    /// <param name="reader">Stands at the item's first token.</param>
    /// <param name="offset">Where the reader's bytes begin in the batch.</param>
    /// <param name="errors">Holds it to the known parameters, as payloads are; null for queries, which are not.</param>
    public static TrackerItem Read(ref Utf8JsonReader reader, int offset, RequestErrors? errors)
    {
        var start = (int)reader.TokenStartIndex;
        var outside = reader.CurrentDepth;
        var deepest = outside + 1;
        var item = new TrackerItem { IsObject = reader.TokenType == JsonTokenType.StartObject };
        if (item.IsObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                item.ReadMember(ref reader, offset, errors, ref deepest);
        }
        else
            JsonScan.Value(ref reader, ref deepest);
        item.Payload = new Slice(offset + start, (int)reader.BytesConsumed - start);
        item.Depth = deepest - outside;
        return item;
    }

    /// <summary>The same item where its bytes were copied to.</summary>
    public readonly TrackerItem MovedTo(Slice payload)
    {
        var moved = this;
        moved.Payload = payload;
        for (var i = 0; i < TrackerParameters.ReadCount; i++)
        {
            // An empty one, too, would lie outside of where it was copied to.
            moved._values[i] = _values[i].IsEmpty
                ? default
                : _values[i] with { Offset = _values[i].Offset - Payload.Offset + payload.Offset };
        }
        return moved;
    }

    private void ReadMember(ref Utf8JsonReader reader, int offset, RequestErrors? errors, ref int deepest)
    {
        Span<byte> scratch = stackalloc byte[64];
        var name = JsonScan.Name(reader, scratch);
        var parameter = TrackerParameters.Find(name);
        reader.Read();
        if (parameter is null)
            Fail(errors, name, "is no parameter of the tracker protocol");
        if (reader.TokenType != JsonTokenType.String)
        {
            Fail(errors, name, "is not a string");
            JsonScan.Value(ref reader, ref deepest);
        }
        else if (parameter is { } known and not TrackerParameter.Other)
        {
            var contents = JsonScan.Contents(reader);
            this[known] = contents with { Offset = offset + contents.Offset };
        }
    }

    private void Fail(RequestErrors? errors, ReadOnlySpan<byte> name, string problem)
    {
        if (errors is null || !errors.HasRoom(Errors))
            return;
        var own = Errors;
        errors.Add(ref own, Quarantine.Error(JsonText.Pointer(name), EventRules.Protocol, $"{JsonText.Excerpt(name)} {problem}"));
        Errors = own;
    }

    [InlineArray(TrackerParameters.ReadCount)]
    private struct Slices
    {
        private Slice _first;
    }
}

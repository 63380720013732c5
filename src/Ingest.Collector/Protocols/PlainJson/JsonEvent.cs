using System.Runtime.CompilerServices;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>A plain JSON event as found in the body, before anything is resolved or judged.</summary>
public struct JsonEvent
{
    private JsonFields _fields;

    /// <summary>Where it is in the body.</summary>
    public Slice Payload { get; set; }

    /// <summary>Why the bytes are not JSON; null where they are.</summary>
    public string? Problem { get; set; }

    /// <summary>False where the JSON value is no object.</summary>
    public bool IsObject { get; set; }

    /// <summary>How deep it is nested; 1 for a flat object.</summary>
    public int Depth { get; set; }

    /// <summary>A field that means something to us. Of a name that stands twice the last one counts, as everywhere.</summary>
    public JsonFieldValue this[JsonField field]
    {
        readonly get => _fields[(int)field];
        set => _fields[(int)field] = value;
    }
}

/// <summary>A field's value where it is in the body.</summary>
/// <param name="Type">Its first token's type; <see cref="JsonTokenType.None"/> where the field is absent.</param>
/// <param name="Value">A string's contents without quotes, else the whole value.</param>
public readonly record struct JsonFieldValue(JsonTokenType Type, Slice Value)
{
    /// <summary>True where there is a value; null counts as none, since many serializers write it for none.</summary>
    public bool IsPresent => Type is not (JsonTokenType.None or JsonTokenType.Null);
}

/// <summary>One value for each <see cref="JsonField"/>.</summary>
[InlineArray(FieldNames.Count)]
internal struct JsonFields
{
    private JsonFieldValue _first;
}

using System.Text;

namespace Ingest.Collector;

/// <summary>A top-level field of a plain JSON event that means something to us.</summary>
public enum JsonField : byte
{
    /// <summary>The event's id, a string; assigned where it is missing.</summary>
    EventId,

    /// <summary>What kind of event it is, a string.</summary>
    Name,

    /// <summary>When it happened by the device's clock: RFC 3339, or Unix seconds or milliseconds as a number.</summary>
    OccurredAt,

    /// <summary>When the device sent it, in the same forms.</summary>
    SentAt,

    /// <summary>URI of the schema that the event claims, a string.</summary>
    Schema,

    /// <summary>The document to validate, where the event names a schema; without it the event itself is validated.</summary>
    Data,
}

/// <summary>How a source's events call their fields.</summary>
public sealed class FieldNames
{
    /// <summary>Number of fields.</summary>
    public const int Count = 6;

    private readonly byte[][] _names;

    /// <param name="names">The names, in the order of <see cref="JsonField"/>.</param>
    public FieldNames(IEnumerable<string> names)
    {
        _names = [.. names.Select(Encoding.UTF8.GetBytes)];
        ArgumentOutOfRangeException.ThrowIfNotEqual(_names.Length, Count, nameof(names));
    }

    /// <summary><c>event_id, name, occurred_at, sent_at, schema, data</c>.</summary>
    public static FieldNames Default { get; } = new(["event_id", "name", "occurred_at", "sent_at", "schema", "data"]);

    public ReadOnlySpan<byte> this[JsonField field] => _names[(int)field];

    /// <summary>The field with this name, unescaped; null where it means nothing to us.</summary>
    public JsonField? Find(ReadOnlySpan<byte> name)
    {
        for (var i = 0; i < _names.Length; i++)
        {
            if (name.SequenceEqual(_names[i]))
                return (JsonField)i;
        }
        return null;
    }
}

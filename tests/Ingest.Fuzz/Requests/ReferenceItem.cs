using System.Text;
using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>The members of a JSON object, each name unescaped and each value as it stands.</summary>
internal static class ReferenceItem
{
    /// <summary>A name longer than this with escapes in it is none of the protocol's, and is taken as it stands.</summary>
    private const int EscapedNameMax = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_024 };

    /// <summary>The members in order; null where the value is no object.</summary>
    public static List<(string Name, byte[] Value)>? Members(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        var members = new List<(string, byte[])>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(reader);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add((name, json[start..(int)reader.BytesConsumed].ToArray()));
        }
        return members;
    }

    /// <summary>True where an event is the query itself, as an object of strings.</summary>
    public static bool IsQuery(ReadOnlySpan<byte> payload, ReferenceQuery query) =>
        query.IsProblem ? payload.SequenceEqual(query.Raw) : IsMerged(payload, [], query);

    /// <summary>True where an event has these members, and then those of the query.</summary>
    public static bool IsMerged(ReadOnlySpan<byte> payload, IReadOnlyList<(string Name, byte[] Value)> item, ReferenceQuery query)
    {
        var names = query.Names;
        var kept = item.Where(member => !names.Contains(member.Name)).ToList();
        if (TryMembers(payload) is not { } found || found.Count != kept.Count + query.Parameters.Count)
            return false;
        for (var i = 0; i < kept.Count; i++)
        {
            if (found[i].Name != kept[i].Name || !found[i].Value.AsSpan().SequenceEqual(kept[i].Value))
                return false;
        }
        for (var i = 0; i < query.Parameters.Count; i++)
        {
            var (name, value) = query.Parameters[i];
            var member = found[kept.Count + i];
            if (member.Name != ReferenceQuery.KeyOf(name) || !Unescaped(member.Value).SequenceEqual(value))
                return false;
        }
        return true;
    }

    private static List<(string Name, byte[] Value)>? TryMembers(ReadOnlySpan<byte> json)
    {
        try
        {
            return Members(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Name(in Utf8JsonReader reader)
    {
        var raw = ReferenceQuery.KeyOf(reader.ValueSpan);
        if (!reader.ValueIsEscaped || reader.ValueSpan.Length > EscapedNameMax)
            return raw;
        try
        {
            return ReferenceQuery.KeyOf(Encoding.UTF8.GetBytes(reader.GetString()!));
        }
        catch (InvalidOperationException)
        {
            return raw;
        }
    }

    private static byte[] Unescaped(byte[] value) => Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(value) ?? "");
}

using System.Text;
using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>A member of a JSON object.</summary>
/// <param name="RawName">Its name as it stands.</param>
/// <param name="Name">Its name unescaped; as it stands where that cannot be done.</param>
/// <param name="Value">Its value as it stands.</param>
internal readonly record struct ReferenceMember(string RawName, string Name, byte[] Value)
{
    /// <summary>A name longer than this with escapes in it is none of the protocol's, and is taken as it stands.</summary>
    private const int EscapedNameMax = 64;

    /// <summary>True where the query has it, and so wins.</summary>
    public bool IsIn(IReadOnlySet<string> names) =>
        names.Contains(RawName.Length > EscapedNameMax ? RawName : Name);
}

/// <summary>Items of a payload, and what the query makes of them.</summary>
internal static class ReferenceItem
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1_024 };

    /// <summary>The members in order; null where the value is no object.</summary>
    public static List<ReferenceMember>? Members(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return null;
        var members = new List<ReferenceMember>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (rawName, name) = (ReferenceQuery.KeyOf(reader.ValueSpan), Name(reader));
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members.Add(new ReferenceMember(rawName, name, json[start..(int)reader.BytesConsumed].ToArray()));
        }
        return members;
    }

    /// <summary>True where an event is the query itself, as an object of strings.</summary>
    public static bool IsQuery(ReadOnlySpan<byte> payload, ReferenceQuery query) =>
        query.IsProblem ? payload.SequenceEqual(query.Raw) : IsMerged(payload, [], query);

    /// <summary>True where an event has these members, and then those of the query.</summary>
    public static bool IsMerged(ReadOnlySpan<byte> payload, IReadOnlyList<ReferenceMember> item, ReferenceQuery query)
    {
        var names = query.Names;
        var kept = item.Where(member => !member.IsIn(names)).ToList();
        if (TryMembers(payload) is not { } found || found.Count != kept.Count + query.Parameters.Count)
            return false;
        for (var i = 0; i < kept.Count; i++)
        {
            if (found[i].RawName != kept[i].RawName || !found[i].Value.AsSpan().SequenceEqual(kept[i].Value))
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

    private static List<ReferenceMember>? TryMembers(ReadOnlySpan<byte> json)
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
        try
        {
            return reader.ValueIsEscaped ? ReferenceQuery.KeyOf(Encoding.UTF8.GetBytes(reader.GetString()!)) : ReferenceQuery.KeyOf(reader.ValueSpan);
        }
        catch (InvalidOperationException)
        {
            return ReferenceQuery.KeyOf(reader.ValueSpan);
        }
    }

    private static byte[] Unescaped(byte[] value) => Encoding.UTF8.GetBytes(JsonSerializer.Deserialize<string>(value) ?? "");
}

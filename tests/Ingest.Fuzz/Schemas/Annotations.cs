using System.Text.Json;

namespace Ingest.Fuzz;

/// <summary>Adds to a schema what only annotates.</summary>
internal static class Annotations
{
    private static readonly (string Name, string Text)[] All =
    [
        ("title", "\"title\":\"T\""), ("description", "\"description\":\"D \\ud83d\\ude00\""), ("$comment", "\"$comment\":\"C\""),
        ("default", "\"default\":{\"a\":[null]}"), ("examples", "\"examples\":[1,\"x\"]"), ("deprecated", "\"deprecated\":false"), ("x-team", "\"x-team\":\"web\""),
    ];

    /// <summary>The schema with annotations at its root; null where it is no object, or has them all.</summary>
    public static byte[]? Add(byte[] schema)
    {
        var reader = new Utf8JsonReader(schema, new JsonReaderOptions { MaxDepth = 200 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            return null;
        var at = (int)reader.BytesConsumed;
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            names.Add(reader.GetString()!);
            reader.Read();
            reader.Skip();
        }
        var added = string.Join(',', All.Where(annotation => !names.Contains(annotation.Name)).Select(annotation => annotation.Text));
        if (added.Length == 0)
            return null;
        return new ByteText().Add(schema.AsSpan(0, at)).Add(added).Add(names.Count > 0 ? ","u8 : []).Add(schema.AsSpan(at)).ToArray();
    }
}

using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>Looks at every text of a document: the parser takes half a surrogate pair, and throws only where it is read.</summary>
internal static class SchemaTexts
{
    /// <summary>Reads all of them once.</summary>
    /// <exception cref="InvalidOperationException">One holds half a surrogate pair.</exception>
    public static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    Read(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    Read(item);
                break;
            case JsonValueKind.String:
                element.GetString();
                break;
        }
    }
}

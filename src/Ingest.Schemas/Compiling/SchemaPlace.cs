using System.Text.Json;

namespace Ingest.Schemas;

/// <summary>A place in a document: the same for every way that leads there.</summary>
/// <param name="Document">Number of the document in one compilation.</param>
/// <param name="Pointer">JSON Pointer from the document's root.</param>
/// <param name="Element">What stands there.</param>
internal readonly record struct SchemaPlace(int Document, string Pointer, JsonElement Element)
{
    /// <summary>What tells places apart.</summary>
    public (int Document, string Pointer) Key => (Document, Pointer);

    /// <summary>The place of a member or an item.</summary>
    public SchemaPlace Child(string token, JsonElement element) =>
        new(Document, $"{Pointer}/{JsonPointer.Escape(token)}", element);
}

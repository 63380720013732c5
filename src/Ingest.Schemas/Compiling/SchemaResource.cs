namespace Ingest.Schemas;

/// <summary>A schema with a URI of its own: a document, or a part of one that has an <c>$id</c>.</summary>
/// <param name="name">Its number and URI.</param>
/// <param name="root">Its root schema.</param>
/// <param name="dialect">How its keywords are to be read.</param>
internal sealed class SchemaResource(ResourceName name, SchemaPlace root, Dialect dialect)
{
    public ResourceName Name { get; } = name;

    public string Uri => Name.Uri;

    public SchemaPlace Root { get; } = root;

    public Dialect Dialect { get; } = dialect;

    /// <summary>Places by their <c>$anchor</c> or <c>$dynamicAnchor</c>.</summary>
    public Dictionary<string, SchemaPlace> Anchors { get; } = new(StringComparer.Ordinal);

    /// <summary>Places by their <c>$dynamicAnchor</c>; <c>$recursiveAnchor</c> is the empty name.</summary>
    public Dictionary<string, SchemaPlace> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}

using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Schemas;

/// <summary>The documents of one compilation, and the resources and anchors in them.</summary>
internal sealed partial class SchemaRegistry(SchemaOptions options)
{
    private readonly Dictionary<string, SchemaResource> _byUri = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Document, string Pointer), SchemaResource> _byRoot = [];
    private readonly List<SchemaResource> _resources = [];
    private readonly HashSet<string> _metaschemasBeingRead = new(StringComparer.Ordinal);
    private int _documents;

    public IReadOnlyList<SchemaResource> Resources => _resources;

    /// <summary>Reads a document and all resources in it. Returns its root.</summary>
    /// <exception cref="SchemaException">It is not JSON, beyond a limit, or one of its ids is unusable.</exception>
    public SchemaResource Add(string uri, ReadOnlyMemory<byte> utf8)
    {
        var limits = options.Limits;
        if (utf8.Length > limits.SchemaBytesMax)
            throw new SchemaException($"{uri}#", $"the schema has {utf8.Length} bytes, at most {limits.SchemaBytesMax} are allowed");
        if (!Utf8.IsValid(utf8.Span))
            throw new SchemaException($"{uri}#", "the schema must be UTF-8; save it so");
        if (_documents == limits.DocumentsMax)
            throw new SchemaException($"{uri}#", $"the schema reaches more than {limits.DocumentsMax} documents");
        JsonElement root;
        try
        {
            root = JsonElement.Parse(
                utf8.Span, new JsonDocumentOptions { MaxDepth = limits.SchemaDepthMax, AllowDuplicateProperties = false });
            SchemaTexts.Read(root);
        }
        catch (InvalidOperationException halfPair)
        {
            throw new SchemaException(
                $"{uri}#", "the schema has an escape such as \\ud83d that is half a surrogate pair; write the character itself", halfPair);
        }
        catch (JsonException broken)
        {
            throw new SchemaException(
                $"{uri}#",
                $"the schema must be JSON of at most {limits.SchemaDepthMax} levels, without repeated names: {broken.Message}",
                broken);
        }

        return AddResource(new SchemaPlace(_documents++, "", root), uri, parent: null);
    }

    /// <summary>The resource whose root is at a place, or null.</summary>
    public SchemaResource? ResourceAt(SchemaPlace place) => _byRoot.GetValueOrDefault(place.Key);

    /// <summary>Finds what a reference in a schema points to.</summary>
    /// <exception cref="SchemaException">There is nothing.</exception>
    public (SchemaResource Resource, SchemaPlace Place) Find(SchemaResource from, string reference, string location)
    {
        var target = UriReference.Resolve(from.Uri, reference);
        var resource = FindResource(target.WithoutFragment(), reference, location);
        var fragment = Uri.UnescapeDataString(target.Fragment ?? "");
        if (fragment.Length == 0)
            return (resource, resource.Root);
        if (fragment[0] == '/')
            return FindPointer(resource, fragment, reference, location);
        return resource.Anchors.TryGetValue(fragment, out var place)
            ? (resource, place)
            : throw new SchemaException(
                location,
                $"the reference \"{reference}\" names the anchor \"{fragment}\", which {Describe(resource)} does not have");
    }

    private SchemaResource FindResource(string uri, string reference, string location)
    {
        if (_byUri.TryGetValue(uri, out var known))
            return known;
        if (Metaschema.Find(uri) is { } metaschema)
            return Add(uri, metaschema);
        if (options.Resolver?.Invoke(uri) is { } document)
        {
            var resource = Add(uri, document);
            // The document may call itself by another name.
            _byUri.TryAdd(uri, resource);
            return resource;
        }

        throw new SchemaException(
            location,
            $"the reference \"{reference}\" leads to {uri}, which is not here; nothing is fetched from the network: "
            + "place that document in the schema folder, or copy what is needed into this schema");
    }

    private (SchemaResource Resource, SchemaPlace Place) FindPointer(
        SchemaResource resource, string pointer, string reference, string location)
    {
        var place = resource.Root;
        foreach (var token in pointer.Split('/').Skip(1).Select(JsonPointer.Unescape))
        {
            place = Step(place.Element, token) is { } element
                ? place.Child(token, element)
                : throw new SchemaException(
                    location,
                    $"the reference \"{reference}\" leads to nothing: {Describe(resource)} has no \"{token}\" there");
            if (_byRoot.TryGetValue(place.Key, out var inner))
                resource = inner;
        }

        return (resource, place);
    }

    /// <summary>The member or item that a token of a pointer names, or null.</summary>
    private static JsonElement? Step(JsonElement from, string token)
    {
        if (from.ValueKind == JsonValueKind.Object)
            return from.TryGetProperty(token, out var member) ? member : null;
        return from.ValueKind == JsonValueKind.Array
            && int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < from.GetArrayLength()
                ? from[index]
                : null;
    }

    private static string Describe(SchemaResource resource) => resource.Uri.Length == 0 ? "the schema itself" : resource.Uri;
}

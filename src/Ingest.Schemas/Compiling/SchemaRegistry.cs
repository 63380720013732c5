using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace Ingest.Schemas;

/// <summary>The documents of one compilation, and the resources and anchors in them.</summary>
internal sealed class SchemaRegistry(SchemaOptions options)
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
        if (utf8.Length > options.Limits.SchemaBytesMax)
            throw new SchemaException(uri + "#", $"the schema has {utf8.Length} bytes, at most {options.Limits.SchemaBytesMax} are allowed");
        if (!Utf8.IsValid(utf8.Span))
            throw new SchemaException(uri + "#", "the schema must be UTF-8; save it so");
        if (_documents == options.Limits.DocumentsMax)
            throw new SchemaException(uri + "#", $"the schema reaches more than {options.Limits.DocumentsMax} documents");
        JsonElement root;
        try
        {
            root = JsonElement.Parse(utf8.Span, new JsonDocumentOptions { MaxDepth = options.Limits.SchemaDepthMax, AllowDuplicateProperties = false });
            SchemaTexts.Read(root);
        }
        catch (InvalidOperationException halfPair)
        {
            throw new SchemaException(uri + "#", "the schema has an escape such as \\ud83d that is half a surrogate pair; write the character itself", halfPair);
        }
        catch (JsonException broken)
        {
            throw new SchemaException(uri + "#", $"the schema must be JSON of at most {options.Limits.SchemaDepthMax} levels, without repeated names: {broken.Message}", broken);
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
            : throw new SchemaException(location, $"the reference \"{reference}\" names the anchor \"{fragment}\", which the schema {Name(resource)} does not have");
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
            location, $"the reference \"{reference}\" leads to {uri}, which is not here; nothing is fetched from the network: place that document in the schema folder, or copy what is needed into this schema");
    }

    private (SchemaResource Resource, SchemaPlace Place) FindPointer(
        SchemaResource resource, string pointer, string reference, string location)
    {
        var place = resource.Root;
        foreach (var token in pointer.Split('/').Skip(1).Select(JsonPointer.Unescape))
        {
            JsonElement element;
            var exists = place.Element.ValueKind switch
            {
                JsonValueKind.Object => place.Element.TryGetProperty(token, out element),
                JsonValueKind.Array => TryGetItem(place.Element, token, out element),
                _ => TryGetItem(default, token, out element),
            };
            if (!exists)
                throw new SchemaException(location, $"the reference \"{reference}\" leads to nothing: the schema {Name(resource)} has no \"{token}\" there");
            place = place.Child(token, element);
            if (_byRoot.TryGetValue(place.Key, out var inner))
                resource = inner;
        }

        return (resource, place);
    }

    private static bool TryGetItem(JsonElement array, string token, out JsonElement item)
    {
        item = default;
        if (array.ValueKind != JsonValueKind.Array
            || !int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || index >= array.GetArrayLength())
        {
            return false;
        }

        item = array[index];
        return true;
    }

    private static string Name(SchemaResource resource) => resource.Uri.Length == 0 ? "itself" : resource.Uri;

    private SchemaResource AddResource(SchemaPlace root, string uri, SchemaResource? parent)
    {
        var dialect = DialectOf(root.Element, uri, parent);
        if (IdOf(root.Element, dialect) is { } id)
            uri = UriReference.Resolve(uri, id).WithoutFragment();
        var resource = new SchemaResource(_resources.Count, uri, root, dialect);
        _resources.Add(resource);
        _byRoot.Add(root.Key, resource);
        if (!_byUri.TryAdd(uri, resource))
            throw new SchemaException($"{uri}#", $"two schemas have the same {dialect.IdKeyword}; give each its own");
        AddAnchors(resource, root);
        Walk(resource, root);
        return resource;
    }

    private Dialect DialectOf(JsonElement schema, string uri, SchemaResource? parent)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("$schema"u8, out var named)
            || named.ValueKind != JsonValueKind.String)
        {
            return parent?.Dialect ?? Dialect.Of(options.Dialect);
        }

        var metaschemaUri = named.GetString()!;
        if (Dialect.Find(metaschemaUri) is { } known)
            return known;
        var location = $"{uri}#/$schema";
        // A metaschema of one's own that is described by another, and so on, must come to a known one.
        if (!_metaschemasBeingRead.Add(metaschemaUri))
            throw new SchemaException(location, $"the metaschema {metaschemaUri} is described by itself; name a published one, such as https://json-schema.org/draft/2020-12/schema");
        try
        {
            var metaschema = FindResource(UriReference.Parse(metaschemaUri).WithoutFragment(), metaschemaUri, location);
            var dialect = Dialect.FromVocabularies(metaschema.Root.Element, metaschema.Dialect.Version, out var unknown);
            return unknown is null
                ? dialect
                : throw new SchemaException(location, $"the metaschema {metaschemaUri} requires the vocabulary {unknown}, which is not known");
        }
        finally
        {
            _metaschemasBeingRead.Remove(metaschemaUri);
        }
    }

    /// <summary>The schema's own URI as written, if it has one; a mere <c>#name</c> is an anchor.</summary>
    private static string? IdOf(JsonElement schema, Dialect dialect) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty(dialect.IdKeyword, out var id)
        && id.ValueKind == JsonValueKind.String
        && !(dialect.RefStandsAlone && schema.TryGetProperty("$ref"u8, out _))
        && !id.ValueEquals("#"u8)
        && id.GetString() is { Length: > 0 } text
        && !(text[0] == '#' && dialect.RefStandsAlone)
            ? text
            : null;

    private static void AddAnchors(SchemaResource resource, SchemaPlace place)
    {
        var version = resource.Dialect.Version;
        if (version <= SchemaDialect.Draft7)
        {
            if (Text(place.Element, resource.Dialect.IdKeyword) is { } id
                && UriReference.Parse(id).Fragment is { Length: > 0 } fragment
                && !place.Element.TryGetProperty("$ref"u8, out _))
            {
                resource.Anchors.TryAdd(fragment, place);
            }

            return;
        }

        if (Text(place.Element, "$anchor") is { } anchor)
            resource.Anchors.TryAdd(anchor, place);
        if (version == SchemaDialect.Draft201909)
        {
            if (place.Key == resource.Root.Key
                && place.Element.TryGetProperty("$recursiveAnchor"u8, out var recursive)
                && recursive.ValueKind == JsonValueKind.True)
            {
                resource.DynamicAnchors.TryAdd("", place);
            }
        }
        else if (Text(place.Element, "$dynamicAnchor") is { } dynamicAnchor)
        {
            resource.Anchors.TryAdd(dynamicAnchor, place);
            resource.DynamicAnchors.TryAdd(dynamicAnchor, place);
        }
    }

    private static string? Text(JsonElement schema, string keyword) =>
        schema.ValueKind == JsonValueKind.Object
        && schema.TryGetProperty(keyword, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>Looks for ids and anchors below a schema.</summary>
    private void Walk(SchemaResource resource, SchemaPlace place)
    {
        if (place.Element.ValueKind != JsonValueKind.Object)
            return;
        foreach (var keyword in place.Element.EnumerateObject())
        {
            var shape = SubschemaKeywords.ShapeOf(keyword.Name, resource.Dialect.Version);
            var under = place.Child(keyword.Name, keyword.Value);
            switch (keyword.Value.ValueKind, shape)
            {
                case (JsonValueKind.Object, SubschemaShape.Single or SubschemaShape.SingleOrList):
                    Visit(resource, under);
                    break;
                case (JsonValueKind.Object, SubschemaShape.Map):
                    foreach (var member in keyword.Value.EnumerateObject())
                        Visit(resource, under.Child(member.Name, member.Value));
                    break;
                case (JsonValueKind.Array, SubschemaShape.List or SubschemaShape.SingleOrList):
                    var index = 0;
                    foreach (var item in keyword.Value.EnumerateArray())
                        Visit(resource, under.Child((index++).ToString(CultureInfo.InvariantCulture), item));
                    break;
            }
        }
    }

    private void Visit(SchemaResource resource, SchemaPlace place)
    {
        if (place.Element.ValueKind != JsonValueKind.Object)
            return;
        if (IdOf(place.Element, resource.Dialect) is not null)
        {
            AddResource(place, resource.Uri, resource);
            return;
        }

        AddAnchors(resource, place);
        Walk(resource, place);
    }
}

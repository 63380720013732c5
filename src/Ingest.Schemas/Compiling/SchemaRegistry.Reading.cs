using System.Globalization;
using System.Text.Json;

namespace Ingest.Schemas;

/// <content>Reads the resources of a document, with their dialects and anchors.</content>
internal sealed partial class SchemaRegistry
{
    private SchemaResource AddResource(SchemaPlace root, string uri, SchemaResource? parent)
    {
        var dialect = DialectOf(root.Element, uri, parent);
        if (IdOf(root.Element, dialect) is { } id)
            uri = UriReference.Resolve(uri, id).WithoutFragment();
        var resource = new SchemaResource(new ResourceName(_resources.Count, uri), root, dialect);
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
        {
            throw new SchemaException(
                location,
                $"the metaschema {metaschemaUri} is described by itself; "
                + "name a published one, such as https://json-schema.org/draft/2020-12/schema");
        }

        try
        {
            var metaschema = FindResource(UriReference.Parse(metaschemaUri).WithoutFragment(), metaschemaUri, location);
            var dialect = Dialect.FromVocabularies(metaschema.Root.Element, metaschema.Dialect.Version, out var unknown);
            return unknown is null
                ? dialect
                : throw new SchemaException(
                    location, $"the metaschema {metaschemaUri} requires the vocabulary {unknown}, which is not known");
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

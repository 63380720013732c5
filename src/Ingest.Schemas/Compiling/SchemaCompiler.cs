namespace Ingest.Schemas;

/// <summary>
/// Turns documents into nodes. Subschemas wait in a queue and are filled one after the other, so that neither depth nor
/// circles of references matter.
/// </summary>
internal sealed class SchemaCompiler
{
    private readonly SchemaRegistry _registry;
    private readonly Dictionary<(int Document, string Pointer), SchemaNode> _nodes = [];
    private readonly Queue<SchemaSource> _unfilled = [];
    private readonly List<DynamicRefKeyword> _dynamicRefs = [];

    private int _patternUses;

    private SchemaCompiler(SchemaOptions options, PatternCache patterns)
    {
        Options = options;
        Patterns = patterns;
        _registry = new SchemaRegistry(options);
    }

    public SchemaOptions Options { get; }

    public PatternCache Patterns { get; }

    /// <summary>Compiles a schema. Returns its root, and whether it uses dynamic references.</summary>
    public static (SchemaNode Root, bool IsDynamic) Compile(
        ReadOnlyMemory<byte> utf8, SchemaOptions options, PatternCache patterns)
    {
        var compiler = new SchemaCompiler(options, patterns);
        var resource = compiler._registry.Add(UriReference.Parse(options.BaseUri).WithoutFragment(), utf8);
        var root = compiler.NodeAt(resource, resource.Root);
        compiler.FillAll();
        CircleCheck.Run(compiler._nodes.Values, options.Limits.RecursionMax);
        return (root, compiler._dynamicRefs.Count > 0);
    }

    /// <summary>The node of a place; a new one is filled later.</summary>
    /// <param name="resource">The resource around the place; the place may be the root of one inside it.</param>
    /// <param name="place">The place.</param>
    public SchemaNode NodeAt(SchemaResource resource, SchemaPlace place)
    {
        if (_nodes.TryGetValue(place.Key, out var known))
            return known;
        resource = _registry.ResourceAt(place) ?? resource;
        var node = new SchemaNode(resource.Name, place.Pointer[resource.Root.Pointer.Length..]);
        if (_nodes.Count == Options.Limits.SubschemasMax)
            throw new SchemaException(node.Location, $"the schema has more than {Options.Limits.SubschemasMax} subschemas");
        _nodes.Add(place.Key, node);
        _unfilled.Enqueue(new SchemaSource(this, resource, node, place));
        return node;
    }

    /// <summary>The node that a reference in a schema means.</summary>
    public (SchemaNode Node, SchemaResource Resource, SchemaPlace Place) Resolve(
        SchemaResource from, KeywordSite site, string reference)
    {
        var (resource, place) = _registry.Find(from, reference, site.Location);
        return (NodeAt(resource, place), resource, place);
    }

    /// <summary>Counts one more use of a pattern; false where there are too many.</summary>
    public bool TryCountPattern() => ++_patternUses <= Options.Limits.PatternsMax;

    /// <summary>Has a dynamic reference bound once all resources are known.</summary>
    public void BindLater(DynamicRefKeyword reference) => _dynamicRefs.Add(reference);

    private void FillAll()
    {
        // The targets of dynamic references may have references of their own, which may bring in resources, and so on.
        do
        {
            while (_unfilled.TryDequeue(out var source))
                source.Fill();
            foreach (var reference in _dynamicRefs)
                reference.Bind([.. _registry.Resources.Select(resource => TargetIn(resource, reference.Anchor))]);
        }
        while (_unfilled.Count > 0);
    }

    private SchemaNode? TargetIn(SchemaResource resource, string anchor) =>
        resource.DynamicAnchors.TryGetValue(anchor, out var place) ? NodeAt(resource, place) : null;
}

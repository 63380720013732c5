using System.Diagnostics.CodeAnalysis;

namespace Ingest.Collector;

/// <summary>The sources as they are now. A reload replaces all of them at once; a request uses one set from start to end.</summary>
public sealed class SourceCatalogue(SourceSet sources)
{
    private volatile SourceSet _current = sources;

    /// <summary>The set in force.</summary>
    public SourceSet Current => _current;

    /// <summary>Every source by name, the built-in one included.</summary>
    public IReadOnlyList<Source> All => _current.All;

    public bool TryGet(string name, [NotNullWhen(true)] out Source? source) => _current.TryGet(name, out source);

    /// <summary>Puts another set in force.</summary>
    public void Replace(SourceSet sources) => _current = sources;
}

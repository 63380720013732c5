using System.Collections.Concurrent;

namespace Ingest.Schemas;

/// <summary>
/// Compiled patterns by their source. The schemas of a folder share few patterns among them, and an automaton takes 40 to
/// 160 KB. Safe for concurrent use.
/// </summary>
internal sealed class PatternCache(SchemaLimits limits)
{
    /// <summary>Patterns that are shared; further ones are compiled for each use.</summary>
    private const int CountMax = 1_000;

    private readonly ConcurrentDictionary<string, SchemaPattern> _patterns = new(StringComparer.Ordinal);

    /// <summary>A pattern.</summary>
    /// <exception cref="FormatException">The pattern is not valid; see <see cref="SchemaPattern.Compile"/>.</exception>
    public SchemaPattern Get(string source)
    {
        if (_patterns.TryGetValue(source, out var known))
            return known;
        var pattern = SchemaPattern.Compile(source, limits);
        return _patterns.Count < CountMax ? _patterns.GetOrAdd(source, pattern) : pattern;
    }
}

namespace Ingest.Engine;

/// <summary>
/// What the partitions are called in which a receiver keeps the events of a source: <c>SOURCE@relay</c>. No configured source
/// can have that name, so ids of a backlog never meet those of the source itself, whatever the region becomes.
/// </summary>
public static class RelaySource
{
    private const string Suffix = "@relay";

    /// <summary>The relay source of a source.</summary>
    public static string Of(string source) => source + Suffix;

    /// <summary>True for what <see cref="Of"/> made.</summary>
    public static bool IsRelay(string name) => name.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>The source itself, of a relay source or of any other.</summary>
    public static string PlainOf(string name) => IsRelay(name) ? name[..^Suffix.Length] : name;

    /// <summary>True for the name of a source, or of a relay source.</summary>
    public static bool IsValid(string name) => SourceName.IsValid(PlainOf(name));
}

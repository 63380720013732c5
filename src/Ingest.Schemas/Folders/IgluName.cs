using System.Buffers;

namespace Ingest.Schemas;

/// <summary>
/// The name of a schema, <c>iglu:vendor/name/format/version</c>. Only letters, digits and <c>- _ .</c> may stand in it, so
/// that it can be a path: no separator, no parent folder, no hidden file.
/// </summary>
internal static class IgluName
{
    /// <summary>Characters of a name: three parts of up to 128, and a version.</summary>
    public const int CharsMax = 512;

    public const string Scheme = "iglu:";

    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static readonly SearchValues<char> s_vendor = SearchValues.Create(Letters + "-_.");
    private static readonly SearchValues<char> s_name = SearchValues.Create(Letters + "-_");
    private static readonly SearchValues<char> s_version = SearchValues.Create("0123456789-");

    /// <summary>The path of a schema below the <c>schemas</c> folder, or null where it is not a proper name.</summary>
    public static string? PathOf(ReadOnlySpan<char> uri)
    {
        if (uri.Length > CharsMax || !uri.StartsWith(Scheme, StringComparison.Ordinal))
            return null;
        var path = uri[Scheme.Length..];
        Span<Range> parts = stackalloc Range[5];
        if (path.Split(parts, '/') != 4
            || !IsPart(path[parts[0]], s_vendor)
            || !IsPart(path[parts[1]], s_name)
            || !IsPart(path[parts[2]], s_name)
            || !IsPart(path[parts[3]], s_version))
        {
            return null;
        }

        return path.ToString();
    }

    /// <summary>The Iglu URI of a schema that is named by its address at Iglu Central, else the URI itself.</summary>
    public static string FromAddress(string uri)
    {
        foreach (var prefix in (ReadOnlySpan<string>)["http://iglucentral.com/schemas/", "https://iglucentral.com/schemas/"])
        {
            if (uri.StartsWith(prefix, StringComparison.Ordinal))
                return Scheme + uri[prefix.Length..];
        }

        return uri;
    }

    private static bool IsPart(ReadOnlySpan<char> part, SearchValues<char> allowed) =>
        part.Length > 0 && part[0] != '.' && !part.ContainsAnyExcept(allowed);
}

namespace Ingest.Schemas;

/// <summary>
/// A URI reference in its five parts, resolved as RFC 3986 says and otherwise left as it is written. Unlike the
/// framework's own type it takes <c>iglu:</c>, <c>urn:</c> and an empty base alike, and changes no character.
/// </summary>
/// <param name="Scheme">With its colon, or empty.</param>
/// <param name="Authority">With its two slashes, or empty.</param>
/// <param name="Path">The path.</param>
/// <param name="Query">With its question mark, or empty.</param>
/// <param name="Fragment">Without the <c>#</c>; null where there is none.</param>
internal readonly record struct UriReference(string Scheme, string Authority, string Path, string Query, string? Fragment)
{
    public static UriReference Parse(string text)
    {
        string? fragment = null;
        var hash = text.IndexOf('#', StringComparison.Ordinal);
        if (hash >= 0)
        {
            fragment = text[(hash + 1)..];
            text = text[..hash];
        }

        var (scheme, authority, query) = ("", "", "");
        var colon = text.IndexOfAny([':', '/', '?']);
        if (colon > 0 && text[colon] == ':')
        {
            scheme = text[..(colon + 1)];
            text = text[(colon + 1)..];
        }

        var question = text.IndexOf('?', StringComparison.Ordinal);
        if (question >= 0)
        {
            query = text[question..];
            text = text[..question];
        }

        if (text.StartsWith("//", StringComparison.Ordinal))
        {
            var slash = text.IndexOf('/', 2);
            authority = slash < 0 ? text : text[..slash];
            text = text[authority.Length..];
        }

        return new UriReference(scheme, authority, text, query, fragment);
    }

    /// <summary>Resolves a reference against a base (RFC 3986, 5.2.2).</summary>
    public static UriReference Resolve(string baseUri, string reference)
    {
        var origin = Parse(baseUri);
        var target = Parse(reference);
        if (target.Scheme.Length > 0)
            return target;
        if (target.Authority.Length > 0)
            return target with { Scheme = origin.Scheme };
        if (target.Path.Length == 0)
            return origin with { Query = target.Query.Length > 0 ? target.Query : origin.Query, Fragment = target.Fragment };
        return target with { Scheme = origin.Scheme, Authority = origin.Authority, Path = RemoveDots(Merge(origin, target.Path)) };
    }

    /// <summary>The document that is meant: everything but the fragment.</summary>
    public string WithoutFragment() => string.Concat(Scheme, Authority, Path, Query);

    private static string Merge(UriReference origin, string path)
    {
        if (path.StartsWith('/'))
            return path;
        if (origin.Authority.Length > 0 && origin.Path.Length == 0)
            return "/" + path;
        return string.Concat(origin.Path.AsSpan(0, origin.Path.LastIndexOf('/') + 1), path);
    }

    private static string RemoveDots(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            switch (segments[i])
            {
                case "..":
                    // The empty first segment is the slash at the start.
                    if (kept.Count > 1 || (kept.Count == 1 && kept[0].Length > 0))
                        kept.RemoveAt(kept.Count - 1);
                    goto case ".";
                case ".":
                    if (isLast)
                        kept.Add("");
                    break;
                case var segment:
                    kept.Add(segment);
                    break;
            }
        }

        return string.Join('/', kept);
    }
}

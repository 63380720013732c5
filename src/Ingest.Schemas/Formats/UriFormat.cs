using System.Buffers;

namespace Ingest.Schemas;

/// <summary>URIs of RFC 3986 and IRIs of RFC 3987, by their grammar.</summary>
internal static class UriFormat
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private static readonly SearchValues<byte> s_scheme =
        Bytes("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
    private static readonly SearchValues<byte> s_host = Bytes(Unreserved + SubDelimiters + "%");
    private static readonly SearchValues<byte> s_userInfo = Bytes(Unreserved + SubDelimiters + "%:");
    private static readonly SearchValues<byte> s_future = Bytes(Unreserved + SubDelimiters + ":");
    private static readonly SearchValues<byte> s_path = Bytes(Unreserved + SubDelimiters + "%:@/");
    private static readonly SearchValues<byte> s_query = Bytes(Unreserved + SubDelimiters + "%:@/?");

    public static bool IsUri(ReadOnlySpan<byte> utf8) => TakeScheme(ref utf8) && IsRelative(utf8, allowNonAscii: false);

    public static bool IsIri(ReadOnlySpan<byte> utf8) => TakeScheme(ref utf8) && IsRelative(utf8, allowNonAscii: true);

    public static bool IsUriReference(ReadOnlySpan<byte> utf8) => IsReference(utf8, allowNonAscii: false);

    public static bool IsIriReference(ReadOnlySpan<byte> utf8) => IsReference(utf8, allowNonAscii: true);

    private static bool IsReference(ReadOnlySpan<byte> utf8, bool allowNonAscii)
    {
        if (!TakeScheme(ref utf8))
        {
            // Without a scheme a colon in the first segment would look like one.
            var segmentEnd = utf8.IndexOfAny("/?#"u8);
            if ((segmentEnd < 0 ? utf8 : utf8[..segmentEnd]).Contains((byte)':'))
                return false;
        }

        return IsRelative(utf8, allowNonAscii);
    }

    private static bool TakeScheme(ref ReadOnlySpan<byte> utf8)
    {
        var colon = utf8.IndexOf((byte)':');
        if (colon <= 0 || !char.IsAsciiLetter((char)utf8[0]) || utf8[..colon].ContainsAnyExcept(s_scheme))
            return false;
        utf8 = utf8[(colon + 1)..];
        return true;
    }

    /// <summary>What follows the scheme: authority, path, query and fragment.</summary>
    private static bool IsRelative(ReadOnlySpan<byte> rest, bool allowNonAscii)
    {
        var hash = rest.IndexOf((byte)'#');
        if (hash >= 0)
        {
            if (!Consists(rest[(hash + 1)..], s_query, allowNonAscii))
                return false;
            rest = rest[..hash];
        }

        var question = rest.IndexOf((byte)'?');
        if (question >= 0)
        {
            if (!Consists(rest[(question + 1)..], s_query, allowNonAscii))
                return false;
            rest = rest[..question];
        }

        if (rest.StartsWith("//"u8))
        {
            rest = rest[2..];
            var slash = rest.IndexOf((byte)'/');
            if (!IsAuthority(slash < 0 ? rest : rest[..slash], allowNonAscii))
                return false;
            rest = slash < 0 ? [] : rest[slash..];
        }

        return Consists(rest, s_path, allowNonAscii);
    }

    private static bool IsAuthority(ReadOnlySpan<byte> authority, bool allowNonAscii)
    {
        var at = authority.IndexOf((byte)'@');
        if (at >= 0)
        {
            if (!Consists(authority[..at], s_userInfo, allowNonAscii))
                return false;
            authority = authority[(at + 1)..];
        }

        // An address in brackets has colons of its own.
        var host = authority;
        var colon = authority.LastIndexOf((byte)':');
        if (colon >= 0 && colon > authority.LastIndexOf((byte)']'))
        {
            if (authority[(colon + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
            host = authority[..colon];
        }

        return host.StartsWith("["u8)
            ? host[^1] == ']' && IsBracketed(host[1..^1])
            : Consists(host, s_host, allowNonAscii);
    }

    private static bool IsBracketed(ReadOnlySpan<byte> address)
    {
        if (HostFormat.IsIPv6(address))
            return true;

        // IPvFuture: "v" 1*HEXDIG "." and at least one character.
        var dot = address.IndexOf((byte)'.');
        if (dot < 2
            || (address[0] | 0x20) != 'v'
            || dot == address.Length - 1
            || address[(dot + 1)..].ContainsAnyExcept(s_future))
        {
            return false;
        }

        foreach (var digit in address[1..dot])
        {
            if (!char.IsAsciiHexDigit((char)digit))
                return false;
        }

        return true;
    }

    /// <summary>Whether the text has only these bytes, and percent signs only before two hexadecimal digits.</summary>
    private static bool Consists(ReadOnlySpan<byte> text, SearchValues<byte> allowed, bool allowNonAscii)
    {
        while (!text.IsEmpty)
        {
            var stop = text.IndexOfAnyExcept(allowed);
            var clean = stop < 0 ? text : text[..stop];
            if (!ArePercentsPaired(clean) || (stop >= 0 && (!allowNonAscii || text[stop] < 0x80)))
                return false;
            text = stop < 0 ? [] : text[(stop + 1)..];
        }

        return true;
    }

    private static bool ArePercentsPaired(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'%'); at >= 0; at = text.IndexOf((byte)'%'))
        {
            text = text[(at + 1)..];
            if (text.Length < 2 || !char.IsAsciiHexDigit((char)text[0]) || !char.IsAsciiHexDigit((char)text[1]))
                return false;
        }

        return true;
    }

    private static SearchValues<byte> Bytes(string ascii) => SearchValues.Create([.. ascii.Select(c => (byte)c)]);
}

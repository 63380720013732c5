using System.Buffers;

namespace Ingest.Schemas;

/// <summary>Host names (RFC 1123) and IP addresses (RFC 2673, RFC 4291).</summary>
internal static class HostFormat
{
    /// <summary>Bytes of a name that fits the 255 of the wire format.</summary>
    private const int HostnameBytesMax = 253;

    private const int LabelBytesMax = 63;
    private const int IPv6Groups = 8;

    private static readonly SearchValues<byte> s_labelBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"u8);

    public static bool IsHostname(ReadOnlySpan<byte> utf8) => IsHostname(utf8, allowNonAscii: false);

    /// <summary>
    /// Letters, digits and hyphens in labels of 1 to 63. An A-label (<c>xn--</c>) is taken by its characters; whether it
    /// decodes to an allowed name is not asked.
    /// </summary>
    public static bool IsHostname(ReadOnlySpan<byte> utf8, bool allowNonAscii)
    {
        if (utf8.Length > HostnameBytesMax)
            return false;
        foreach (var range in utf8.Split((byte)'.'))
        {
            if (!IsLabel(utf8[range], allowNonAscii))
                return false;
        }

        return true;
    }

    public static bool IsIPv4(ReadOnlySpan<byte> utf8)
    {
        var octets = 0;
        foreach (var range in utf8.Split((byte)'.'))
        {
            if (!IsOctet(utf8[range]))
                return false;
            octets++;
        }

        return octets == 4;
    }

    public static bool IsIPv6(ReadOnlySpan<byte> utf8)
    {
        var gap = utf8.IndexOf("::"u8);
        if (gap < 0)
            return CountGroups(utf8, allowIPv4: true) == IPv6Groups;
        // "::" stands for at least one group of zeros.
        var before = CountGroups(utf8[..gap], allowIPv4: false);
        var after = CountGroups(utf8[(gap + 2)..], allowIPv4: true);
        return before >= 0 && after >= 0 && before + after < IPv6Groups;
    }

    private static bool IsLabel(ReadOnlySpan<byte> label, bool allowNonAscii)
    {
        if (label.Length is 0 or > LabelBytesMax || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var b in label)
        {
            if (!s_labelBytes.Contains(b) && !(allowNonAscii && b >= 0x80))
                return false;
        }

        return true;
    }

    private static bool IsOctet(ReadOnlySpan<byte> digits)
    {
        if (digits.Length is 0 or > 3 || (digits.Length > 1 && digits[0] == '0'))
            return false;
        var value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        return value <= 255;
    }

    /// <summary>Counts groups of hexadecimal digits; an IPv4 address at the end counts as two. -1 where it is neither.</summary>
    private static int CountGroups(ReadOnlySpan<byte> text, bool allowIPv4)
    {
        if (text.IsEmpty)
            return 0;
        var groups = 0;
        while (true)
        {
            var colon = text.IndexOf((byte)':');
            if (colon < 0 && allowIPv4 && text.Contains((byte)'.'))
                return IsIPv4(text) ? groups + 2 : -1;
            var group = colon < 0 ? text : text[..colon];
            if (group.Length is 0 or > 4)
                return -1;
            foreach (var digit in group)
            {
                if (!char.IsAsciiHexDigit((char)digit))
                    return -1;
            }

            groups++;
            if (colon < 0)
                return groups;
            text = text[(colon + 1)..];
        }
    }
}

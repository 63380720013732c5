using System.Buffers;

namespace Ingest.Schemas;

/// <summary>Mail addresses: the mailbox of RFC 5321, and with other than ASCII characters that of RFC 6531.</summary>
internal static class EmailFormat
{
    private const int LocalBytesMax = 64;

    private static readonly SearchValues<byte> s_atomBytes = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    public static bool IsEmail(ReadOnlySpan<byte> utf8) => IsEmail(utf8, allowNonAscii: false);

    public static bool IsInternationalEmail(ReadOnlySpan<byte> utf8) => IsEmail(utf8, allowNonAscii: true);

    private static bool IsEmail(ReadOnlySpan<byte> utf8, bool allowNonAscii)
    {
        // A quoted local part may have an @ of its own; the domain has none.
        var at = utf8.LastIndexOf((byte)'@');
        if (at is <= 0 or > LocalBytesMax)
            return false;
        var local = utf8[..at];
        var domain = utf8[(at + 1)..];
        return (local[0] == '"' ? IsQuoted(local, allowNonAscii) : IsDotAtom(local, allowNonAscii))
            && (domain.StartsWith("["u8) ? IsAddressLiteral(domain) : HostFormat.IsHostname(domain, allowNonAscii));
    }

    private static bool IsDotAtom(ReadOnlySpan<byte> local, bool allowNonAscii)
    {
        foreach (var range in local.Split((byte)'.'))
        {
            var atom = local[range];
            if (atom.IsEmpty)
                return false;
            foreach (var b in atom)
            {
                if (!s_atomBytes.Contains(b) && !(allowNonAscii && b >= 0x80))
                    return false;
            }
        }

        return true;
    }

    private static bool IsQuoted(ReadOnlySpan<byte> local, bool allowNonAscii)
    {
        if (local.Length < 2 || local[^1] != '"')
            return false;
        var text = local[1..^1];
        var escaped = false;
        foreach (var b in text)
        {
            if (b is < 0x20 or 0x7F || (b >= 0x80 && !allowNonAscii) || (b == '"' && !escaped))
                return false;
            escaped = b == '\\' && !escaped;
        }

        return !escaped;
    }

    private static bool IsAddressLiteral(ReadOnlySpan<byte> domain)
    {
        if (domain[^1] != ']')
            return false;
        var address = domain[1..^1];
        return address.StartsWith("IPv6:"u8) ? HostFormat.IsIPv6(address[5..]) : HostFormat.IsIPv4(address);
    }
}

namespace Ingest.Schemas;

/// <summary>JSON Pointers of RFC 6901 and the relative ones of their draft.</summary>
internal static class JsonPointerFormat
{
    public static bool IsJsonPointer(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.IsEmpty && utf8[0] != '/')
            return false;
        for (var tilde = utf8.IndexOf((byte)'~'); tilde >= 0; tilde = utf8.IndexOf((byte)'~'))
        {
            utf8 = utf8[(tilde + 1)..];
            if (utf8.IsEmpty || utf8[0] is not ((byte)'0' or (byte)'1'))
                return false;
        }

        return true;
    }

    /// <summary>A number without leading zeros, then a pointer or <c>#</c>.</summary>
    public static bool IsRelativeJsonPointer(ReadOnlySpan<byte> utf8)
    {
        var digits = utf8.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (digits < 0)
            digits = utf8.Length;
        if (digits == 0 || (digits > 1 && utf8[0] == '0'))
            return false;
        var rest = utf8[digits..];
        return rest.SequenceEqual("#"u8) || IsJsonPointer(rest);
    }
}

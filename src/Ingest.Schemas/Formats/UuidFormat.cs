namespace Ingest.Schemas;

/// <summary>UUIDs of RFC 4122, of any version and variant.</summary>
internal static class UuidFormat
{
    private const int Length = 36;

    public static bool IsUuid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length != Length)
            return false;
        for (var i = 0; i < Length; i++)
        {
            var isRight = i is 8 or 13 or 18 or 23 ? utf8[i] == '-' : char.IsAsciiHexDigit((char)utf8[i]);
            if (!isRight)
                return false;
        }

        return true;
    }
}

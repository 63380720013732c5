using System.Buffers;

namespace Ingest.Storage;

/// <summary>The rule for keys: what every lake, file system and query engine takes without escaping.</summary>
public static class LakeKey
{
    /// <summary>Longest key, in characters (and bytes): leaves a lake's own prefix 512 of the 1,024 bytes that S3 allows.</summary>
    public const int LengthMax = 512;

    /// <summary>Longest segment, in characters: the longest file name of common file systems.</summary>
    public const int SegmentLengthMax = 255;

    private static readonly SearchValues<char> SegmentCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.=");

    /// <summary>True for segments of <c>A-Z a-z 0-9 _ - . =</c> divided by <c>/</c>, none of them empty, <c>.</c> or <c>..</c>.</summary>
    public static bool IsValid(ReadOnlySpan<char> key) => key.Length is > 0 and <= LengthMax && AreSegments(key);

    /// <summary>True where a valid key could start with it; the empty prefix is one.</summary>
    public static bool IsValidPrefix(ReadOnlySpan<char> prefix)
    {
        // The last segment may go on: only its characters count.
        var last = prefix.LastIndexOf('/') + 1;
        return prefix.Length <= LengthMax
            && (last == 0 || AreSegments(prefix[..(last - 1)]))
            && prefix.Length - last <= SegmentLengthMax
            && !prefix[last..].ContainsAnyExcept(SegmentCharacters);
    }

    /// <exception cref="ArgumentException">The key breaks the rule.</exception>
    internal static void ThrowIfInvalid(string key)
    {
        if (!IsValid(key))
            throw new ArgumentException(
                $"'{key}' is no key: segments of A-Z a-z 0-9 _ - . = divided by '/', none of them '.' or '..', at most {LengthMax} characters.",
                nameof(key));
    }

    /// <exception cref="ArgumentException">No key can start so.</exception>
    internal static void ThrowIfInvalidPrefix(string prefix)
    {
        if (!IsValidPrefix(prefix))
            throw new ArgumentException($"No key can start with '{prefix}'.", nameof(prefix));
    }

    private static bool AreSegments(ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split('/'))
        {
            var segment = text[range];
            if (segment.Length is 0 or > SegmentLengthMax || segment is "." or ".." || segment.ContainsAnyExcept(SegmentCharacters))
                return false;
        }
        return true;
    }
}

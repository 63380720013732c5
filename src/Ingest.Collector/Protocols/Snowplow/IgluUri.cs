namespace Ingest.Collector;

/// <summary>Iglu's names of schemas: <c>iglu:VENDOR/NAME/FORMAT/MODEL-REVISION-ADDITION</c>.</summary>
public static class IgluUri
{
    /// <summary>True for the envelope of a POST.</summary>
    public static bool IsPayloadData(ReadOnlySpan<byte> uri) =>
        IsOfModel1(uri, "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-"u8);

    /// <summary>True for the envelope of a self-describing event.</summary>
    public static bool IsSelfDescribingEvent(ReadOnlySpan<byte> uri) =>
        IsOfModel1(uri, "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-"u8);

    /// <summary>True for the envelope of contexts.</summary>
    public static bool IsContexts(ReadOnlySpan<byte> uri) =>
        IsOfModel1(uri, "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-"u8);

    /// <summary>Finds the name in a URI; false where it is no Iglu URI.</summary>
    public static bool TryGetName(ReadOnlySpan<byte> uri, out Range name)
    {
        name = default;
        if (!uri.StartsWith("iglu:"u8))
            return false;
        Span<Range> parts = stackalloc Range[5];
        var path = uri["iglu:".Length..];
        if (Split(path, parts) != 4 || !IsVersion(path[parts[3]]))
            return false;
        for (var i = 0; i < 3; i++)
        {
            if (!IsWord(path[parts[i]]))
                return false;
        }
        name = ("iglu:".Length + parts[1].Start.Value)..("iglu:".Length + parts[1].End.Value);
        return true;
    }

    private static bool IsOfModel1(ReadOnlySpan<byte> uri, ReadOnlySpan<byte> prefix) =>
        uri.StartsWith(prefix) && TryGetName(uri, out _);

    private static int Split(ReadOnlySpan<byte> path, Span<Range> parts)
    {
        var count = 0;
        foreach (var part in path.Split((byte)'/'))
        {
            if (count == parts.Length)
                break;
            parts[count++] = part;
        }
        return count;
    }

    private static bool IsVersion(ReadOnlySpan<byte> version)
    {
        var numbers = 0;
        foreach (var number in version.Split((byte)'-'))
        {
            numbers++;
            if (version[number].IsEmpty || version[number].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
        }
        return numbers == 3;
    }

    private static bool IsWord(ReadOnlySpan<byte> word)
    {
        foreach (var b in word)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'-' or (byte)'_' or (byte)'.'))
                return false;
        }
        return word.Length > 0;
    }
}

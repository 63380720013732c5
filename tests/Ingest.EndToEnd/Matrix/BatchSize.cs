namespace Ingest.EndToEnd;

/// <summary>How large the objects of a run are.</summary>
internal enum BatchSize
{
    /// <summary>An object for every few events.</summary>
    Tiny,

    /// <summary>An object a second.</summary>
    Normal,

    /// <summary>Objects above the smallest size of a part, so that S3 gets them in several.</summary>
    Multipart,
}

/// <summary>What makes objects that large.</summary>
internal static class BatchSizes
{
    /// <summary>Options of <c>./ingest run</c>.</summary>
    public static IReadOnlyList<string> Options(this BatchSize size) => size switch
    {
        BatchSize.Tiny => ["--seal-bytes", "1KiB"],
        BatchSize.Multipart => ["--seal-bytes", "6MiB", "--s3-part-size", "5"],
        _ => [],
    };

    /// <summary>Value of <c>--seal-age</c>. Of large objects, age closes the last one alone.</summary>
    public static string SealAge(this BatchSize size) => size == BatchSize.Multipart ? "20s" : "1s";

    /// <summary>Bytes that an event has more: those of large objects make them with few events.</summary>
    public static int FillerBytes(this BatchSize size) => size == BatchSize.Multipart ? 100 << 10 : 0;

    /// <summary>Events of a request.</summary>
    public static int EventsPerRequest(this BatchSize size) => size == BatchSize.Multipart ? 8 : 10;
}

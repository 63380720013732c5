namespace Ingest.EndToEnd;

/// <summary>How large the objects of a run are.</summary>
public enum BatchSize
{
    /// <summary>An object for every request.</summary>
    Tiny,

    /// <summary>An object a second.</summary>
    Normal,

    /// <summary>Objects above the smallest size of a part, so that S3 gets them in several.</summary>
    Multipart,
}

/// <summary>What makes objects that large.</summary>
internal static class BatchSizes
{
    /// <summary>Smallest size of a part that S3 takes, in MiB.</summary>
    public const int PartMebibytes = 5;

    /// <summary>Options of <c>./ingest run</c>.</summary>
    public static IReadOnlyList<string> Options(this BatchSize size) => size switch
    {
        BatchSize.Tiny => ["--seal-bytes", "1KiB"],
        // A little more than a part.
        BatchSize.Multipart => ["--seal-bytes", "5200KiB"],
        _ => [],
    };

    /// <summary>Value of <c>--seal-age</c>. Large objects are closed by their size, the last one at the server's end.</summary>
    public static string SealAge(this BatchSize size) => size == BatchSize.Multipart ? "60s" : "1s";

    /// <summary>Bytes that an event has more: those of large objects make them with few events.</summary>
    public static int FillerBytes(this BatchSize size) => size == BatchSize.Multipart ? 100 << 10 : 0;

    /// <summary>New events of a request.</summary>
    public static int EventsPerRequest(this BatchSize size) => size == BatchSize.Multipart ? 8 : 10;

    /// <summary>Events that are acknowledged while a fault lasts, at least: some objects, or a large one.</summary>
    public static int EventsPerFault(this BatchSize size) => size == BatchSize.Multipart ? 100 : 30;

    /// <summary>Whether objects are as large as was wanted: one that was put in parts was larger than a part.</summary>
    public static void AssertIn(this BatchSize size, string lakeFolder)
    {
        if (size == BatchSize.Multipart)
        {
            Assert.Contains(
                Directory.EnumerateFiles(Path.Combine(lakeFolder, "good"), "*.json.gz", SearchOption.AllDirectories),
                file => new FileInfo(file).Length > PartMebibytes << 20);
        }
    }
}

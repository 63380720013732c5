namespace Ingest.Storage;

/// <summary>An option of the command line that says more about a lake.</summary>
/// <param name="Name">Its name, such as <c>s3-region</c>; on the command line with two dashes.</param>
/// <param name="Value">What stands for its value in the help text.</param>
/// <param name="Help">One sentence for the help text.</param>
public sealed record LakeOption(string Name, string Value, string Help)
{
    public static readonly LakeOption Endpoint = new("s3-endpoint", "URL", "Address of the S3 server; AWS's own when absent.");

    public static readonly LakeOption Region = new("s3-region", "NAME", "Region of the bucket; AWS_REGION when absent.");

    public static readonly LakeOption PathStyle =
        new("s3-path-style", "on|off", "Whether the bucket stands in the path; on with an endpoint, else off.");

    public static readonly LakeOption Checksums = new(
        "s3-checksums", "when-supported|when-required", "Whether requests carry CRC checksums; when-required for servers that refuse them.");

    public static readonly LakeOption ConditionalPut =
        new("s3-conditional-put", "on|off", "Whether puts say If-None-Match; off for servers that refuse it.");

    public static readonly LakeOption PartSize =
        new("s3-part-size", "MIB", "Objects above this size are put in parts of it; 5 to 1024, 16 when absent.");

    /// <summary>All of them, in the order of the help text.</summary>
    public static IReadOnlyList<LakeOption> All { get; } =
        [Endpoint, Region, PathStyle, Checksums, ConditionalPut, PartSize];
}

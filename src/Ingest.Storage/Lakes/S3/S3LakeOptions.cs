namespace Ingest.Storage;

/// <summary>
/// Where and how objects are put into S3 or a server that speaks its API. Credentials come as every AWS tool takes them:
/// environment, profile, web identity, container or instance role.
/// </summary>
/// <remarks>
/// Permissions needed: <c>s3:PutObject</c>, <c>s3:GetObject</c>, <c>s3:AbortMultipartUpload</c>, and
/// <c>s3:ListBucket</c> (without it, S3 answers 403 in place of 404). A process that dies during a multipart upload
/// leaves parts behind that no listing shows: give the bucket a lifecycle rule <c>AbortIncompleteMultipartUpload</c>
/// of some days.
/// </remarks>
public sealed record S3LakeOptions
{
    /// <summary>Smallest part that S3 takes, but for the last one.</summary>
    public const int PartBytesMin = 5 << 20;

    /// <summary>Largest part: it is buffered in memory whole.</summary>
    public const int PartBytesMax = 1 << 30;

    /// <summary>The bucket; must exist.</summary>
    public required string Bucket { get; init; }

    /// <summary>What stands before every key, by the rule for keys and without a <c>/</c> at its end; empty for none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The server's address; null for AWS's own of the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region; null for what the environment or the profile says, and <c>us-east-1</c> with an <see cref="Endpoint"/>.</summary>
    public string? Region { get; init; }

    /// <summary>True for <c>endpoint/bucket/key</c>, false for <c>bucket.endpoint/key</c>. Most servers other than AWS need true.</summary>
    public bool PathStyle { get; init; }

    /// <summary>Whether requests carry the checksums (CRC-32) that newer servers verify and keep.</summary>
    public S3RequestChecksums RequestChecksums { get; init; } = S3RequestChecksums.WhenSupported;

    /// <summary>
    /// Whether puts say <c>If-None-Match: *</c>, so that the server itself refuses a second object under one key. Off for
    /// servers that do not know it: then the lake looks before it puts, and two writers at the same moment can both pass
    /// the look. Some servers hold the condition for single puts but ignore it when a multipart upload completes (Ceph
    /// 16); so before a multipart upload the lake looks in any case.
    /// </summary>
    public bool ConditionalPut { get; init; } = true;

    /// <summary>
    /// Objects up to this size are put at once, larger ones in parts of this size: what one put holds in memory. 5 MiB
    /// to 1 GiB. With the default, four parts make an object of 64 MiB.
    /// </summary>
    public int PartBytes { get; init; } = 16 << 20;

    /// <summary>How long a connection may take to be made.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long one request may take until the head of its answer is there. A part of 16 MiB over 2 Mbit/s needs 67 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>What is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        Require(IsBucketName(Bucket), $"'{Bucket}' is no bucket name: 3 to 63 of a-z 0-9 - . with a letter or digit at both ends.");
        Require(Prefix.Length == 0 || LakeKey.IsValid(Prefix), $"'{Prefix}' is no prefix: segments of A-Z a-z 0-9 _ - . = divided by '/'.");
        Require(Endpoint is null or { IsAbsoluteUri: true, Scheme: "http" or "https" }, $"'{Endpoint}' is no endpoint: an address such as https://host:port.");
        Require(Region is not "", "The region is empty: leave it out, or name one such as eu-central-1.");
        Require(PartBytes is >= PartBytesMin and <= PartBytesMax, "The part size must be 5 MiB to 1 GiB.");
        Require(ConnectTimeout > TimeSpan.Zero && RequestTimeout > TimeSpan.Zero, "Time-outs must be above zero.");
        return found;

        void Require(bool holds, string message)
        {
            if (!holds)
                found.Add(message);
        }
    }

    private static bool IsBucketName(string name) =>
        name.Length is >= 3 and <= 63
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0])
        && char.IsAsciiLetterOrDigit(name[^1]);
}

/// <summary>When requests carry a checksum of their body besides the signed SHA-256.</summary>
public enum S3RequestChecksums
{
    /// <summary>Wherever the API knows one.</summary>
    WhenSupported,

    /// <summary>Only where the API demands one: for servers that refuse checksum headers.</summary>
    WhenRequired,
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ingest.Engine;

namespace Ingest.Collector;

/// <summary>
/// The head of <c>POST /v1/relay</c>: which lines of which object of which region, and when. All of it is signed, with the
/// hash of the lines, so that none of it can be changed on the way, nor be used for another chunk.
/// </summary>
/// <param name="Region">The region that received them.</param>
/// <param name="Time">When it was signed, by the sender's clock.</param>
/// <param name="ObjectKey">Key of the object.</param>
/// <param name="FirstLine">0-based number of the first line within the object.</param>
/// <param name="Lines">Number of lines.</param>
/// <param name="IsLast">True where the object ends with them.</param>
/// <param name="Sha256">SHA-256 of the lines, unpacked: 64 lower-case hexadecimal digits.</param>
/// <param name="ObjectSha256">SHA-256 of the whole object.</param>
public sealed record RelayRequest(
    string Region, Instant Time, string ObjectKey, long FirstLine, int Lines, bool IsLast, string Sha256, string ObjectSha256)
{
    public const string Path = "/v1/relay";

    public const string RegionHeader = "Ingest-Region";
    public const string TimeHeader = "Ingest-Time";
    public const string ObjectHeader = "Ingest-Object";
    public const string ChunkHeader = "Ingest-Chunk";
    public const string Sha256Header = "Ingest-Sha256";
    public const string ObjectSha256Header = "Ingest-Object-Sha256";
    public const string SignatureHeader = "Ingest-Signature";

    /// <summary>Longest key, in characters: as long as S3 allows, less the region.</summary>
    private const int KeyLengthMax = 900;

    private const string Last = "last";
    private const string More = "more";

    /// <summary>The headers, without the signature.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers =>
    [
        new(RegionHeader, Region),
        new(TimeHeader, Number(Time.UnixMilliseconds)),
        new(ObjectHeader, ObjectKey),
        new(ChunkHeader, Chunk),
        new(Sha256Header, Sha256),
        new(ObjectSha256Header, ObjectSha256),
    ];

    private string Chunk => $"{Number(FirstLine)} {Number(Lines)} {(IsLast ? Last : More)}";

    /// <summary>What is signed: method, path and every header, one a line.</summary>
    public byte[] SignedText() => Encoding.UTF8.GetBytes(
        string.Join('\n', Headers.Select(header => header.Value).Prepend(Path).Prepend("POST")));

    /// <summary>Reads the headers; false where one is missing or of another form.</summary>
    /// <param name="header">The value of a header; empty where it is missing.</param>
    /// <param name="request">What they say.</param>
    public static bool TryRead(Func<string, string> header, [NotNullWhen(true)] out RelayRequest? request)
    {
        request = null;
        var (region, key, sha256, objectSha256) = (header(RegionHeader), header(ObjectHeader), header(Sha256Header), header(ObjectSha256Header));
        if (!SourceName.IsValid(region)
            || !long.TryParse(header(TimeHeader), NumberStyles.None, CultureInfo.InvariantCulture, out var time)
            || !IsRelayKey(key)
            || header(ChunkHeader).Split(' ') is not [var first, var lines, Last or More] chunk
            || !long.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var firstLine)
            || !int.TryParse(lines, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count == 0
            || !IsSha256(sha256)
            || !IsSha256(objectSha256))
        {
            return false;
        }

        request = new RelayRequest(region, new Instant(time), key, firstLine, count, chunk[2] == Last, sha256, objectSha256);
        return true;
    }

    private static bool IsRelayKey(string key) =>
        key.Length <= KeyLengthMax
        && LakeLayout.TryReadRelayKey(key, out _, out _);

    private static bool IsSha256(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

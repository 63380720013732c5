#if NET
using System.Security.Cryptography;
using System.Text.Json;

namespace Ingest.Tracker;

/// <summary>A signed list of regions.</summary>
/// <param name="Body">Its bytes as they were signed.</param>
/// <param name="Signature">r and s, 32 bytes each.</param>
/// <param name="Version">A newer list has a higher one.</param>
internal sealed record RegionList(
    byte[] Body, byte[] Signature, long Version, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt, IReadOnlyList<TrackerEndpoint> Endpoints)
{
    /// <summary>What the header with the signature begins with.</summary>
    public const string Algorithm = "ecdsa-p256-sha256 ";

    private const int SignatureBytes = 64;

    /// <summary>
    /// Whether it is older than another, as one that somebody plays back is. The time decides among lists of one version
    /// alone: the clocks of those who sign may differ.
    /// </summary>
    public bool IsOlderThan(RegionList other) =>
        Version < other.Version || (Version == other.Version && IssuedAt < other.IssuedAt);

    /// <summary>The signature of a header; null where it is none.</summary>
    public static byte[]? SignatureOf(string? header)
    {
        if (header is null || !header.StartsWith(Algorithm, StringComparison.Ordinal))
            return null;
        var signature = new byte[SignatureBytes];
        return Convert.TryFromBase64String(header[Algorithm.Length..].Trim(), signature, out var length) && length == SignatureBytes
            ? signature
            : null;
    }

    /// <summary>Reads a list.</summary>
    /// <returns>Null where the signature is not the key's, or the list makes no sense.</returns>
    public static RegionList? Read(byte[] body, byte[] signature, ECDsa key)
    {
        if (!key.VerifyData(body, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
            return null;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            List<TrackerEndpoint> endpoints =
            [
                .. root.GetProperty("regions").EnumerateArray().Select(region => new TrackerEndpoint(
                    region.GetProperty("url").GetString()!, region.GetProperty("weight").GetInt32())),
            ];
            return endpoints.Count is >= 1 and <= TrackerOptions.EndpointsMax
                ? new RegionList(
                    body, signature, root.GetProperty("version").GetInt64(), root.GetProperty("issued_at").GetDateTimeOffset(),
                    root.GetProperty("expires_at").GetDateTimeOffset(), endpoints)
                : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            return null;
        }
    }
}
#endif

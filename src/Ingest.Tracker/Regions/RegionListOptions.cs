#if NET
using System.Security.Cryptography;

namespace Ingest.Tracker;

/// <summary>
/// A list of regions that the collectors publish at <c>/.well-known/ingest-regions</c>, by which operators move trackers
/// from one to another. Until there is one, and once it has expired, the configured endpoints are used.
/// </summary>
public sealed class RegionListOptions
{
    /// <summary>The key by which the list is signed (ECDSA P-256): PEM, or a SubjectPublicKeyInfo in base64.</summary>
    public string? PublicKey { get; set; }

    /// <summary>How often to look for a new list, while there are events to send: a second to a day.</summary>
    public TimeSpan RefreshPeriod { get; set; } = TimeSpan.FromMinutes(5);

    /// <exception cref="ArgumentException">The key is missing or unreadable, or of another curve.</exception>
    internal ECDsa ReadKey()
    {
        Guard.That(!string.IsNullOrWhiteSpace(PublicKey), "The public key must be given.", nameof(PublicKey));
        var key = ECDsa.Create();
        try
        {
            if (PublicKey!.Contains("-----", StringComparison.Ordinal))
                key.ImportFromPem(PublicKey);
            else
                key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(PublicKey), out _);
            Guard.That(key.KeySize == 256, "The key must be of the curve P-256.", nameof(PublicKey));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            key.Dispose();
            throw new ArgumentException("The public key cannot be read: " + e.Message, nameof(PublicKey), e);
        }
    }

    internal void Validate()
    {
        Guard.That(RefreshPeriod >= TimeSpan.FromSeconds(1) && RefreshPeriod <= TimeSpan.FromDays(1), "It is a second to a day.", nameof(RefreshPeriod));
        ReadKey().Dispose();
    }
}
#endif

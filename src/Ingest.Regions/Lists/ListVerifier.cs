using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ingest.Regions;

/// <summary>Takes only region lists that the key signed.</summary>
public sealed class ListVerifier : IDisposable
{
    private readonly ECDsa _key;

    private ListVerifier(ECDsa key) => _key = key;

    /// <summary>Reads a public key.</summary>
    /// <param name="path">A PEM file.</param>
    /// <exception cref="CryptographicException">It holds no public key of P-256.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static ListVerifier Read(string path) => new(ListKeys.Read(path, isPrivate: false));

    /// <summary>Reads a list; false where the key did not sign these bytes, or they are no list. Says nothing of its age.</summary>
    /// <param name="body">The bytes that were signed.</param>
    /// <param name="signature">Value of the header.</param>
    /// <param name="list">What was read.</param>
    public bool TryVerify(byte[] body, string signature, [NotNullWhen(true)] out SignedRegionList? list)
    {
        list = null;
        if (signature.Split(' ') is not [ListSigner.Algorithm, var text])
            return false;
        var bytes = new byte[64];
        if (!Convert.TryFromBase64String(text, bytes, out var length) || length != bytes.Length
            || !_key.VerifyData(body, bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))
        {
            return false;
        }

        try
        {
            if (JsonSerializer.Deserialize(body, RegionListJson.Default.RegionList) is { } read)
                list = new SignedRegionList(read, body, signature);
        }
        catch (JsonException)
        {
            // Signed, and still no list: as if it were not there.
        }

        return list is not null;
    }

    public void Dispose() => _key.Dispose();
}

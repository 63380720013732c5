using System.Security.Cryptography;
using System.Text.Json;

namespace Ingest.Regions;

/// <summary>Signs region lists: ECDSA over P-256 with SHA-256, the two numbers of 32 bytes one after the other (IEEE P1363).</summary>
public sealed class ListSigner : IDisposable
{
    /// <summary>Name of the algorithm in the header.</summary>
    public const string Algorithm = "ecdsa-p256-sha256";

    private readonly ECDsa _key;

    private ListSigner(ECDsa key) => _key = key;

    /// <summary>Reads a private key.</summary>
    /// <param name="path">A PEM file.</param>
    /// <exception cref="CryptographicException">It holds no private key of P-256.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As above.</exception>
    public static ListSigner Read(string path) => new(ListKeys.Read(path, isPrivate: true));

    /// <summary>Signs a list.</summary>
    public SignedRegionList Sign(RegionList list)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(list, RegionListJson.Default.RegionList);
        var signature = _key.SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        return new SignedRegionList(list, body, $"{Algorithm} {Convert.ToBase64String(signature)}");
    }

    public void Dispose() => _key.Dispose();
}

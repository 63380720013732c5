using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ingest.Regions;

/// <summary>A region list with its signature: the bytes that were signed, never written anew.</summary>
/// <param name="List">What the bytes say.</param>
/// <param name="Body">The bytes.</param>
/// <param name="Signature">Value of the header <see cref="Header"/>.</param>
public sealed record SignedRegionList(RegionList List, ReadOnlyMemory<byte> Body, string Signature)
{
    /// <summary>Where every region serves it.</summary>
    public const string Path = "/.well-known/ingest-regions";

    /// <summary>The header that carries the signature.</summary>
    public const string Header = "Ingest-Signature";

    /// <summary>Largest body that is read, in bytes: hundreds of regions.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>One object of it: the signature, a line feed, the body.</summary>
    public byte[] ToBytes() => [.. Encoding.ASCII.GetBytes(Signature), (byte)'\n', .. Body.Span];

    /// <summary>Reads what <see cref="ToBytes"/> wrote, where the key signed it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> stored, ListVerifier verifier, [NotNullWhen(true)] out SignedRegionList? list)
    {
        var end = stored.IndexOf((byte)'\n');
        list = null;
        return end >= 0 && verifier.TryVerify(stored[(end + 1)..].ToArray(), Encoding.ASCII.GetString(stored[..end]), out list);
    }
}

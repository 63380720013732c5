using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What the lakes share about objects that are there already.</summary>
internal static class LakeContent
{
    /// <summary>SHA-256 of a stream from where it stands, 64 lower-case hexadecimal digits.</summary>
    public static async ValueTask<string> Sha256Async(Stream stream, CancellationToken cancellation) =>
        Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));

    /// <summary>How a put ends where an object stands under its key already.</summary>
    public static PutResult Compare(LakeObject ours, LakeEntry there) =>
        there.Length == ours.Length && ours.Sha256.Equals(there.Sha256, StringComparison.Ordinal)
            ? new PutResult(PutOutcome.AlreadyStored)
            : new PutResult(
                PutOutcome.Conflict,
                $"{ours.Key} holds {there.Length} bytes with SHA-256 {there.Sha256 ?? "unknown"}; ours are {ours.Length} with {ours.Sha256}.");
}

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// An object's bytes, held to the length and checksum that were promised for them: whoever publishes only after the
/// last chunk publishes exactly what was promised.
/// </summary>
internal sealed class VerifiedContent(LakeObject lakeObject)
{
    /// <summary>
    /// What <see cref="LakeObject.Read"/> threw, or what was wrong with its bytes. Not a fault of the lake, even where
    /// its type looks like one.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <exception cref="InvalidDataException">The bytes have another length or checksum; thrown before or at the end.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var length = 0L;
        await using var chunks = lakeObject.Read(cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(chunks))
        {
            length += chunks.Current.Length;
            if (length > lakeObject.Length)
                throw Wrong($"more bytes than the {lakeObject.Length} promised");
            hash.AppendData(chunks.Current.Span);
            yield return chunks.Current;
        }

        if (length != lakeObject.Length)
            throw Wrong($"{length} bytes instead of the {lakeObject.Length} promised");
        var sha256 = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (!sha256.Equals(lakeObject.Sha256, StringComparison.Ordinal))
            throw Wrong($"SHA-256 {sha256} instead of {lakeObject.Sha256}");
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ReadOnlyMemory<byte>> chunks)
    {
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (Exception e)
        {
            Failure = e;
            throw;
        }
    }

    private Exception Wrong(string what) => Failure = new InvalidDataException($"{lakeObject.Key}: {what}.");
}

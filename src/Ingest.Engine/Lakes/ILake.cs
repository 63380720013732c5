using System.Runtime.CompilerServices;

namespace Ingest.Engine;

/// <summary>
/// Where objects land: S3, a folder, or memory. Every implementation passes one conformance suite. A reader of the lake
/// sees an object whole or not at all.
/// </summary>
public interface ILake
{
    /// <summary>For people: <c>s3://bucket/prefix at https://…</c> or the folder's full path.</summary>
    string Description { get; }

    /// <summary>
    /// Stores an object that must not exist yet. Where it exists with the same length and checksum, that is success: an
    /// earlier try got through. Where it exists with other content, nothing is overwritten.
    /// </summary>
    /// <returns>What is known. Never throws for a fault of the lake; throws what <see cref="LakeObject.Read"/> throws.</returns>
    /// <exception cref="InvalidDataException">The bytes read are not of the promised length and checksum. Nothing is stored.</exception>
    ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation);

    /// <summary>Length and checksum of an object as the lake reports them; null where it does not exist.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Objects whose key starts with <paramref name="prefix"/>, by key (ordinal).</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>
    /// Names of the folders directly under one, such as <c>source=shop</c> under <c>good/</c>, in the order of their keys. A
    /// lake that can tell them without listing what is in them does so.
    /// </summary>
    /// <param name="folder">Empty, or a folder with a <c>/</c> at its end; it need not exist.</param>
    /// <param name="cancellation">Stops the listing.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    async IAsyncEnumerable<string> ListFoldersAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var last = "";
        await foreach (var entry in ListAsync(folder, cancellation))
        {
            var end = entry.Key.IndexOf('/', folder.Length);
            var name = end < 0 ? "" : entry.Key[folder.Length..end];
            if (name.Length == 0 || name == last)
                continue;
            last = name;
            yield return name;
        }
    }

    /// <summary>Opens an object for reading; null where it does not exist.</summary>
    /// <exception cref="LakeUnavailableException">The lake cannot answer.</exception>
    ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation);

    /// <summary>
    /// Removes an object for good; done, too, where it does not exist. Only what a receiver relayed is ever removed, and only
    /// once the primary has it.
    /// </summary>
    /// <exception cref="LakeUnavailableException">The lake cannot do it now; the object may be there or not.</exception>
    ValueTask DeleteAsync(string key, CancellationToken cancellation);
}

/// <summary>An object to store.</summary>
/// <param name="Key">Its key: segments of <c>A-Z a-z 0-9 _ - . =</c> divided by <c>/</c>, none of them <c>.</c> or <c>..</c>.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Read">
/// Reads the bytes from the start, the same at every call; may be called more than once. A chunk's memory is valid until
/// the next one is asked for.
/// </param>
public sealed record LakeObject(
    string Key, long Length, string Sha256, Func<CancellationToken, IAsyncEnumerable<ReadOnlyMemory<byte>>> Read);

/// <summary>An object in the lake.</summary>
/// <param name="Key">Its key, without the lake's own prefix.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Checksum that the lake keeps with it, 64 lower-case hexadecimal digits; null where it keeps none, or in a listing.</param>
public sealed record LakeEntry(string Key, long Length, string? Sha256);

/// <summary>How a put ended.</summary>
public enum PutOutcome
{
    /// <summary>The object is there, durable, with our bytes.</summary>
    Stored,

    /// <summary>The object was there already, with our length and checksum.</summary>
    AlreadyStored,

    /// <summary>Another content stands under our key. Never retried blindly: an operator must look.</summary>
    Conflict,

    /// <summary>No answer, a broken connection, a time-out, or a fault on the lake's side (500): try again.</summary>
    Unreachable,

    /// <summary>The lake asks for less (503 Slow Down, 429): try again, later.</summary>
    Throttled,

    /// <summary>Credentials or permissions are wrong (401, 403): nothing will work until somebody mends them, so probe slowly.</summary>
    Denied,

    /// <summary>The bucket or folder does not exist: as <see cref="Denied"/>.</summary>
    Missing,

    /// <summary>The lake refuses the request itself (another 4xx): probe slowly, and tell the operator.</summary>
    Rejected,
}

/// <summary>The end of a put.</summary>
/// <param name="Outcome">What is known.</param>
/// <param name="Detail">What the lake said, for status and logs; null on success.</param>
public readonly record struct PutResult(PutOutcome Outcome, string? Detail = null)
{
    /// <summary>True where the lake has the object.</summary>
    public bool IsConfirmed => Outcome is PutOutcome.Stored or PutOutcome.AlreadyStored;
}

/// <summary>The lake cannot be read now.</summary>
public sealed class LakeUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

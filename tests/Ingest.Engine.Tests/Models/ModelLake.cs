using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Ingest.Engine.Tests;

/// <summary>
/// A lake in memory that does what the contract says; every call completes at once. It can be told to fail.
/// </summary>
internal sealed class ModelLake : ILake
{
    /// <summary>The objects by key.</summary>
    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    /// <summary>The next put fails with this, before it stores anything.</summary>
    public PutOutcome? NextPutFails { get; set; }

    /// <summary>The next put stores the object, but its answer is lost.</summary>
    public bool NextPutIsLost { get; set; }

    public int Puts { get; private set; }

    public string Description => "a model";

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        Puts++;
        if (NextPutFails is { } failure)
        {
            NextPutFails = null;
            return new PutResult(failure, "told to fail");
        }

        using var bytes = new MemoryStream();
        await foreach (var chunk in lakeObject.Read(cancellation))
            bytes.Write(chunk.Span);
        Assert.Equal(lakeObject.Length, bytes.Length);
        Assert.Equal(lakeObject.Sha256, Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray())));
        if (Objects.TryGetValue(lakeObject.Key, out var there))
        {
            return there.AsSpan().SequenceEqual(bytes.ToArray())
                ? new PutResult(PutOutcome.AlreadyStored)
                : new PutResult(PutOutcome.Conflict, "another object");
        }

        Objects.Add(lakeObject.Key, bytes.ToArray());
        var isLost = NextPutIsLost;
        NextPutIsLost = false;
        return isLost ? new PutResult(PutOutcome.Unreachable, "answer lost") : new PutResult(PutOutcome.Stored);
    }

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) =>
        new(Objects.TryGetValue(key, out var bytes) ? new LakeEntry(key, bytes.Length, null) : null);

    public async IAsyncEnumerable<LakeEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        foreach (var (key, bytes) in Objects.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)))
            yield return new LakeEntry(key, bytes.Length, null);
    }

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) =>
        new(Objects.TryGetValue(key, out var bytes) ? new MemoryStream(bytes, writable: false) : null);

    public ValueTask DeleteAsync(string key, CancellationToken cancellation)
    {
        Objects.Remove(key);
        return default;
    }
}

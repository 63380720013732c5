using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>A lake in memory, for tests and trials: keeps every promise of <see cref="ILake"/> but the durable one.</summary>
public sealed class MemoryLake : ILake
{
    private readonly ConcurrentDictionary<string, Content> _objects = new(StringComparer.Ordinal);

    public string Description => "memory (lost when the process ends)";

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(lakeObject.Key);
        using var bytes = new MemoryStream();
        await foreach (var chunk in new VerifiedContent(lakeObject).ReadAsync(cancellation))
            bytes.Write(chunk.Span);
        var ours = new Content(bytes.ToArray(), lakeObject.Sha256);
        var there = _objects.GetOrAdd(lakeObject.Key, ours);
        return ReferenceEquals(there, ours)
            ? new PutResult(PutOutcome.Stored)
            : LakeContent.Compare(lakeObject, EntryOf(lakeObject.Key, there));
    }

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        return ValueTask.FromResult(_objects.TryGetValue(key, out var there) ? EntryOf(key, there) : null);
    }

    public async IAsyncEnumerable<LakeEntry> ListAsync(
        string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalidPrefix(prefix);
        foreach (var (key, there) in _objects.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (key.StartsWith(prefix, StringComparison.Ordinal))
                yield return EntryOf(key, there);
        }
        await ValueTask.CompletedTask;
    }

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        return ValueTask.FromResult<Stream?>(
            _objects.TryGetValue(key, out var there) ? new MemoryStream(there.Bytes, writable: false) : null);
    }

    public ValueTask DeleteAsync(string key, CancellationToken cancellation)
    {
        LakeKey.ThrowIfInvalid(key);
        _objects.TryRemove(key, out _);
        return ValueTask.CompletedTask;
    }

    private static LakeEntry EntryOf(string key, Content there) => new(key, there.Bytes.Length, there.Sha256);

    private sealed record Content(byte[] Bytes, string Sha256);
}

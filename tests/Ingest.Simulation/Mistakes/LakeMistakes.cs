using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>A lake on which only puts go wrong.</summary>
internal abstract class LakeDecorator(ILake inner) : ILake
{
    public string Description => inner.Description;

    public virtual ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) =>
        inner.PutAsync(lakeObject, cancellation);

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) => inner.OpenReadAsync(key, cancellation);

    public ValueTask DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);

    protected static async Task<byte[]> BytesAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        await foreach (var chunk in lakeObject.Read(cancellation))
            bytes.Write(chunk.Span);
        return bytes.ToArray();
    }

    protected static LakeObject Of(string key, byte[] bytes)
    {
        return new LakeObject(key, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)), _ => Chunks());

        async IAsyncEnumerable<ReadOnlyMemory<byte>> Chunks()
        {
            await Task.CompletedTask;
            yield return bytes;
        }
    }
}

/// <summary>The batch counts as shipped while its put is under way.</summary>
internal sealed class ConfirmsBeforePut(ILake inner, SimProcess process) : LakeDecorator(inner)
{
    public override async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        var bytes = await BytesAsync(lakeObject, cancellation);
        process.Start(async () => await base.PutAsync(Of(lakeObject.Key, bytes), CancellationToken.None));
        return new PutResult(PutOutcome.Stored);
    }
}

/// <summary>The bytes are handed over at the first try; the second finds nothing left to do.</summary>
internal sealed class EmptiesBuffer(ILake inner) : LakeDecorator(inner)
{
    private readonly HashSet<string> _tried = new(StringComparer.Ordinal);

    public override async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) =>
        _tried.Add(lakeObject.Key) ? await base.PutAsync(lakeObject, cancellation) : new PutResult(PutOutcome.Stored);
}

/// <summary>A retry writes a second object.</summary>
internal sealed class KeyHoldsAttempt(ILake inner) : LakeDecorator(inner)
{
    private readonly Dictionary<string, int> _attempts = new(StringComparer.Ordinal);

    public override ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        var attempt = _attempts[lakeObject.Key] = _attempts.GetValueOrDefault(lakeObject.Key) + 1;
        return base.PutAsync(attempt == 1 ? lakeObject : lakeObject with { Key = $"{lakeObject.Key}.{attempt}" }, cancellation);
    }
}

/// <summary>A long outage ends with the batch.</summary>
internal sealed class GivesUp(ILake inner) : LakeDecorator(inner)
{
    private const int TriesMax = 3;

    private readonly Dictionary<string, int> _tries = new(StringComparer.Ordinal);

    public override async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        var tries = _tries[lakeObject.Key] = _tries.GetValueOrDefault(lakeObject.Key) + 1;
        return tries > TriesMax ? new PutResult(PutOutcome.Stored) : await base.PutAsync(lakeObject, cancellation);
    }
}

/// <summary>An object grows in its place.</summary>
internal sealed class ShowsParts(ILake inner) : LakeDecorator(inner)
{
    public override async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        var bytes = await BytesAsync(lakeObject, cancellation);
        await base.PutAsync(Of(lakeObject.Key, bytes[..(bytes.Length / 2)]), cancellation);
        return await base.PutAsync(lakeObject, cancellation);
    }
}

using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>A lake whose objects break off in the middle, as over a connection that is cut.</summary>
internal sealed class BrokenLake(ILake inner) : ILake
{
    public string Description => inner.Description;

    public ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) =>
        inner.PutAsync(lakeObject, cancellation);

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) =>
        inner.ListAsync(prefix, cancellation);

    public async ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
    {
        await using var whole = await inner.OpenReadAsync(key, cancellation);
        return whole is null ? null : new CutStream();
    }

    public ValueTask DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);

    private sealed class CutStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("the connection was cut");
    }
}

using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>A lake in which the process dies at a certain put: before it, or once the object is there.</summary>
internal sealed class FailingPuts(ILake inner, int at, bool isStored) : ILake
{
    private int _puts;

    public string Description => inner.Description;

    public async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
    {
        if (++_puts != at)
            return await inner.PutAsync(lakeObject, cancellation);
        if (isStored)
            await inner.PutAsync(lakeObject, cancellation);
        throw new OperationCanceledException("the process was killed");
    }

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) => inner.OpenReadAsync(key, cancellation);

    public ValueTask DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);
}

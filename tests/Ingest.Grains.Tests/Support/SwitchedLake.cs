using Ingest.Engine;

namespace Ingest.Grains.Tests;

/// <summary>A lake that a test can put out of reach.</summary>
internal sealed class SwitchedLake(ILake inner) : ILake
{
    public bool IsReachable { get; set; } = true;

    public string Description => inner.Description;

    public ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) => IsReachable
        ? inner.PutAsync(lakeObject, cancellation)
        : ValueTask.FromResult(new PutResult(PutOutcome.Unreachable, "the test put the lake out of reach"));

    public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) =>
        inner.ListAsync(prefix, cancellation);

    public ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation) =>
        inner.OpenReadAsync(key, cancellation);

    public ValueTask DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);
}

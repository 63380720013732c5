using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>A receiver looks from two places at once whether it was promoted.</summary>
public sealed class RegionStateTests
{
    [Fact]
    public async Task A_look_that_fails_late_takes_back_nothing_of_what_another_found()
    {
        using var lake = new FirstReadFails();
        var record = new RoleRecord(RelayFormat.Version, "west", RegionRole.Primary, Instant.From(TimeProvider.System.GetUtcNow()));
        Assert.True((await lake.Inner.PutAsync(
            LakeDocument.Of(LakeLayout.RoleKey, record, RelayFormat.Default.RoleRecord), TestContext.Current.CancellationToken)).IsConfirmed);
        var state = new RegionState(
            new RegionSettings { Name = "west", Role = RegionRole.Receiver }, lake, TimeSpan.FromSeconds(5), TimeProvider.System, new HostingLog(NullLogger.Instance));

        var first = state.LookAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(state.Unknown);
        await state.LookAsync(TestContext.Current.CancellationToken);
        Assert.Equal((RegionRole.Primary, null), (state.Role, state.Unknown));

        lake.Fail();
        await first;
        Assert.Equal((RegionRole.Primary, null), (state.Role, state.Unknown));
    }

    /// <summary>A lake whose first read waits, and then fails.</summary>
    private sealed class FirstReadFails : ILake, IDisposable
    {
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _reads;

        public MemoryLake Inner { get; } = new();

        public string Description => Inner.Description;

        public void Fail() => _failed.SetException(new LakeUnavailableException("it is away"));

        public void Dispose() => _failed.TrySetResult();

        public ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) => Inner.PutAsync(lakeObject, cancellation);

        public ValueTask<LakeEntry?> FindAsync(string key, CancellationToken cancellation) => Inner.FindAsync(key, cancellation);

        public IAsyncEnumerable<LakeEntry> ListAsync(string prefix, CancellationToken cancellation) => Inner.ListAsync(prefix, cancellation);

        public async ValueTask<Stream?> OpenReadAsync(string key, CancellationToken cancellation)
        {
            if (Interlocked.Increment(ref _reads) == 1)
                await _failed.Task.WaitAsync(cancellation);
            return await Inner.OpenReadAsync(key, cancellation);
        }

        public ValueTask DeleteAsync(string key, CancellationToken cancellation) => Inner.DeleteAsync(key, cancellation);
    }
}

using System.Threading.Tasks.Sources;
using Ingest.Engine;
using Microsoft.Extensions.ObjectPool;

namespace Ingest.Hosting;

/// <summary>
/// A batch on its way through a partition's mailbox, and the caller's wait for it. Pooled: a request costs no allocation.
/// </summary>
public sealed class Offering : Receipt, IValueTaskSource<IntakeResult>
{
    private static readonly ObjectPool<Offering> Pool = new DefaultObjectPool<Offering>(new Policy(), maximumRetained: 4096);

    private ManualResetValueTaskSourceCore<IntakeResult> _wait = new() { RunContinuationsAsynchronously = true };

    public EventBatch Batch { get; private set; } = null!;

    /// <summary>Number of partitions by which this one was chosen.</summary>
    public int PartitionCount { get; private set; }

    public static Offering Of(EventBatch batch, int partitionCount)
    {
        var offering = Pool.Get();
        (offering.Batch, offering.PartitionCount) = (batch, partitionCount);
        return offering;
    }

    public ValueTask<IntakeResult> WaitAsync() => new(this, _wait.Version);

    public override void Complete(in IntakeResult result) => _wait.SetResult(result);

    IntakeResult IValueTaskSource<IntakeResult>.GetResult(short token)
    {
        var result = _wait.GetResult(token);
        Batch = null!;
        _wait.Reset();
        Pool.Return(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<IntakeResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<IntakeResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private sealed class Policy : PooledObjectPolicy<Offering>
    {
        public override Offering Create() => new();

        public override bool Return(Offering obj) => true;
    }
}

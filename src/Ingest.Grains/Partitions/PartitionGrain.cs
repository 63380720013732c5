using Ingest.Engine;
using Ingest.Hosting;
using Orleans.Dashboard;

namespace Ingest.Grains;

/// <summary>
/// Gives a partition of the engine its place in the cluster: while this activation lives, an actor of the silo's
/// <see cref="PartitionHost"/> hosts the partition, and takes its turns there. The grain never times out by itself: the
/// actor knows when nothing is open any more.
/// </summary>
[GrainType("ingest.partition"), BalancedPlacement]
public sealed class PartitionGrain(SiloServices silo, PartitionCountsCache counts, Balancer balancer, GrainLog log) : Grain, IPartitionGrain
{
    private static readonly DeactivationReason Retired = new(DeactivationReasonCode.ActivationIdle, "its partition left memory");

    private PartitionId _id;
    private PartitionActor? _actor;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = this.GetPrimaryKeyString();
        if (!PartitionKeys.TryParse(key, out _id))
            throw new ArgumentException($"{key} names no partition; write source/n.");
        // Idleness is the actor's to judge: events also reach it past the grain.
        DelayDeactivation(Timeout.InfiniteTimeSpan);
        var context = GrainContext;
        _actor = silo.Partitions.Attach(_id, onRetired: () => context.Deactivate(Retired));
        balancer.Arrived(this.GetGrainId(), MigrateOnIdle);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        balancer.Left(this.GetGrainId());
        try
        {
            await Actor.LeaveAsync().WaitAsync(silo.Options.MoveTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // Whoever waits gets 503 and sends again. The journal fences what comes too late.
            log.PartitionDidNotLeave(_id);
            Actor.Abandon();
        }
    }

    // The dashboard's profiler would cost more than the call.
    [NoProfiling]
    public async Task<OfferReply> OfferAsync(OfferRequest request, CancellationToken cancellation)
    {
        const string overloaded = "the silo of this partition is overloaded";
        // A frontend may know of a source, or of a split, before this silo does.
        counts.Learn(_id.Source, request.PartitionCount);
        if (!silo.RemoteGate.TryEnter())
            return Refused(request, overloaded);
        try
        {
            if (!silo.RemoteGate.TryReserve(request.Bytes.Length))
                return Refused(request, overloaded);
            try
            {
                return await OfferAllAsync(request);
            }
            finally
            {
                silo.RemoteGate.Release(request.Bytes.Length);
            }
        }
        finally
        {
            silo.RemoteGate.Leave();
        }
    }

    public Task WakeAsync()
    {
        Actor.Post(PartitionActor.HasUnsealed.Message);
        return Task.CompletedTask;
    }

    private PartitionActor Actor => _actor ?? throw new InvalidOperationException("The grain is not active.");

    private async Task<OfferReply> OfferAllAsync(OfferRequest request)
    {
        var batches = new List<EventBatch>(request.Batches);
        try
        {
            EventBatchCodec.ReadAll(request.Bytes.Span, request.Batches, batches);
            // All are offered before the first is awaited, so that they share a commit.
            var waits = batches.Select(batch => Actor.OfferAsync(batch, request.PartitionCount).AsTask());
            return new OfferReply([.. (await Task.WhenAll(waits)).Select(result => OfferResult.Of(result))]);
        }
        finally
        {
            foreach (var batch in batches)
                batch.Dispose();
        }
    }

    private static OfferReply Refused(OfferRequest request, string reason)
    {
        var results = new OfferResult[request.Batches];
        Array.Fill(results, OfferResult.Of(IntakeResult.Unavailable(reason)));
        return new OfferReply(results);
    }
}

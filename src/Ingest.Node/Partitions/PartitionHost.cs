using System.Collections.Concurrent;
using Ingest.Engine;

namespace Ingest.Node;

/// <summary>
/// All partitions of the process: finds or creates the actor of a partition, wakes actors that asked for it, and gives
/// them what they need of the world.
/// </summary>
internal sealed class PartitionHost(
    IJournal journal,
    Limits limits,
    NodeOptions options,
    Func<string, IEventValidator> validatorOf,
    Func<string, int> partitionCountOf,
    Action onSealed,
    Action<JournalResult> onWritten,
    TimeProvider time,
    NodeLog log) : IDisposable
{
    private readonly ConcurrentDictionary<PartitionId, PartitionActor> _actors = new();

    // At the end of an hour every partition seals, after a start every one loads: neither may crowd out the rest.
    private readonly SemaphoreSlim _seals = new(options.SealsMax);
    private readonly SemaphoreSlim _loads = new(options.LoadsMax);

    public IJournal Journal { get; } = journal;

    public Limits Limits { get; } = limits;

    public NodeOptions Options { get; } = options;

    public NodeLog Log { get; } = log;

    public Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Number of partitions in memory.</summary>
    public int Count => _actors.Count;

    /// <summary>Number of those that were read from the journal and take events.</summary>
    public int LoadedCount => _actors.Values.Count(actor => actor.IsLoaded);

    /// <summary>Ids in the dedupe windows of all partitions in memory.</summary>
    public long IdCount => _actors.Values.Sum(actor => (long)actor.IdCount);

    /// <summary>Reads a partition when its turn comes.</summary>
    public async Task<PartitionSnapshot> ReadAsync(PartitionId id, int idsMax)
    {
        await _loads.WaitAsync();
        try
        {
            using var timeout = new CancellationTokenSource(Options.LoadTimeout, time);
            return await Journal.ReadPartitionAsync(id, idsMax, new Instant(long.MinValue), timeout.Token);
        }
        finally
        {
            _loads.Release();
        }
    }

    /// <summary>Merges a batch where that is wanted, and seals it, when its turn comes.</summary>
    public async Task<JournalResult> SealAsync(SealDraft draft)
    {
        await _seals.WaitAsync();
        try
        {
            using var timeout = new CancellationTokenSource(Options.SealTimeout, time);
            return await Journal.SealAsync(await MergeAsync(draft, timeout.Token), timeout.Token);
        }
        finally
        {
            _seals.Release();
        }
    }

    /// <summary>Offers a batch to a partition and waits until its events are safe.</summary>
    /// <param name="id">Which partition.</param>
    /// <param name="partitionCount">Number of partitions by which it was chosen.</param>
    /// <param name="batch">The events.</param>
    public ValueTask<IntakeResult> OfferAsync(PartitionId id, int partitionCount, EventBatch batch)
    {
        var offering = Offering.Of(batch, partitionCount);
        var wait = offering.WaitAsync();
        Forward(id, offering);
        return wait;
    }

    public void Forward(PartitionId id, Offering offering) => ActorOf(id).Post(offering);

    /// <summary>
    /// Loads the partitions that have blocks in no batch, so that they are sealed though nobody sends: after a start, and
    /// now and then for what a late write left behind.
    /// </summary>
    /// <param name="receivedBefore">Only partitions with such blocks received before this.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task WakeUnsealedAsync(Instant receivedBefore, CancellationToken cancellation)
    {
        foreach (var id in await Journal.ReadUnsealedPartitionsAsync(Lane.All, receivedBefore, cancellation))
            ActorOf(id).Post(PartitionActor.HasUnsealed.Message);
    }

    /// <summary>Wakes actors that are due, until cancelled. Reading 10,000 wake times takes some 50 µs.</summary>
    public async Task RunClockAsync(CancellationToken cancellation)
    {
        var last = Now;
        using var timer = new PeriodicTimer(Options.TickPeriod, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                var now = Now;
                // After a step back of the wall clock the wake times lie too far ahead: all are asked anew.
                var due = now < last ? long.MaxValue : now.UnixMilliseconds;
                last = now;
                foreach (var (_, actor) in _actors)
                {
                    if (actor.WakeAt <= due)
                        actor.Post(PartitionActor.Wake.Message);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    /// <summary>Stores and seals everything that is open. Call it once nothing is offered any more.</summary>
    public Task DrainAsync() => Task.WhenAll(_actors.Values.Select(actor => actor.DrainAsync()));

    public void Retired(PartitionId id, PartitionActor actor) => _actors.TryRemove(new(id, actor));

    public IEventValidator ValidatorOf(string source) => validatorOf(source);

    /// <summary>Number of partitions of a source, as a partition never written takes it for the journal's.</summary>
    public int PartitionCountOf(string source) => partitionCountOf(source);

    public void Sealed() => onSealed();

    public void Written(JournalResult result) => onWritten(result);

    public static ulong NextSeed() => (ulong)Random.Shared.NextInt64();

    /// <summary>How long a partition that could not be read leaves the journal alone.</summary>
    public TimeSpan PauseAfter(int failures) =>
        Backoff.FullJitter(Backoff.Ceiling(failures, Limits.RetryPauseMin, Options.ReloadPauseMax), Random.Shared);

    public void Dispose()
    {
        _seals.Dispose();
        _loads.Dispose();
    }

    private async Task<Seal> MergeAsync(SealDraft draft, CancellationToken cancellation)
    {
        if (!draft.Merge)
            return draft.AsStored();
        var batch = draft.Batch;
        try
        {
            return draft.Merged(await GzipMember.MergeAsync(
                Journal.ReadBlocksAsync(batch.Partition, batch.Stream, batch.FromSeq, batch.ToSeq, cancellation), batch.LineBytes));
        }
        catch (Exception exception) when (exception is JournalCorruptException or InvalidDataException)
        {
            // Sealed as it is: the shipper sets it aside, where an operator sees it, and the partition goes on.
            Log.NotMerged(exception, batch.Partition);
            return draft.AsStored();
        }
    }

    private PartitionActor ActorOf(PartitionId id) =>
        _actors.GetOrAdd(id, static (id, host) => new PartitionActor(id, host), this);
}

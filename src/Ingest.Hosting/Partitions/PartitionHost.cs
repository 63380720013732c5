using System.Collections.Concurrent;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// All partitions of the process: keeps the actor of each, wakes actors that asked for it, and gives them what they need
/// of the world.
/// </summary>
/// <param name="journal">Where events become durable.</param>
/// <param name="limits">Limits of the engine.</param>
/// <param name="options">Limits of the runtime.</param>
/// <param name="surroundings">What the runtime knows and wants to know.</param>
/// <param name="time">Clock and timers.</param>
/// <param name="log">Operational events.</param>
/// <param name="work">Where turns and writes run; the thread pool where null.</param>
public sealed class PartitionHost(
    IJournal journal,
    Limits limits,
    HostingOptions options,
    PartitionSurroundings surroundings,
    TimeProvider time,
    HostingLog log,
    IWorkScheduler? work = null)
    : IDisposable
{
    private readonly ConcurrentDictionary<PartitionId, PartitionActor> _actors = new();
    private readonly long _began = time.GetTimestamp();
    private int[] _idCounts = [];

    // At the end of an hour every partition seals, after a start every one loads: neither may crowd out the rest.
    private readonly SemaphoreSlim _seals = new(options.SealsMax);
    private readonly SemaphoreSlim _loads = new(options.LoadsMax);

    public IJournal Journal { get; } = journal;

    public Limits Limits { get; } = limits;

    public HostingOptions Options { get; } = options;

    public HostingLog Log { get; } = log;

    public TimeProvider Time { get; } = time;

    public IWorkScheduler Work { get; } = work ?? ThreadPoolScheduler.Instance;

    /// <summary>Time-outs of appends.</summary>
    internal Timeouts Timeouts { get; } = new(time);

    public Instant Now => Instant.From(Time.GetUtcNow());

    /// <summary>Time since the start of the process by a clock that never steps, in which pauses are measured.</summary>
    public TimeSpan Elapsed => Time.GetElapsedTime(_began);

    /// <summary>Number of partitions in memory.</summary>
    public int Count => _actors.Count;

    /// <summary>Number of those that were read from the journal and take events.</summary>
    public int LoadedCount => _actors.Values.Count(actor => actor.IsLoaded);

    /// <summary>How many ids each of them may remember.</summary>
    public DedupeBudget Dedupe { get; } = new(options.DedupeIdsTotalMax, limits.DedupeIdsMax);

    /// <summary>Ids in the dedupe windows of all partitions in memory.</summary>
    public long IdCount => _actors.Values.Sum(actor => (long)actor.IdCount);

    /// <summary>Reads a partition when its turn comes.</summary>
    public async Task<PartitionSnapshot> ReadAsync(PartitionId id, int idsMax)
    {
        await _loads.WaitAsync();
        try
        {
            using var timeout = new CancellationTokenSource(Options.LoadTimeout, Time);
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
            using var timeout = new CancellationTokenSource(Options.SealTimeout, Time);
            var (seal, damage) = await MergeAsync(draft, timeout.Token);
            var result = await Journal.SealAsync(seal, timeout.Token);
            // A stale activation finds no blocks to merge, for another one has sealed them: no damage, and its seal is fenced.
            if (damage is not null && result.Outcome == JournalOutcome.Committed)
                Log.NotMerged(damage, draft.Batch.Partition);
            return result;
        }
        finally
        {
            _seals.Release();
        }
    }

    /// <summary>The partition's actor; made where there is none.</summary>
    public PartitionActor ActorOf(PartitionId id) =>
        _actors.GetOrAdd(id, static (id, host) => new PartitionActor(id, host, onRetired: null), this);

    /// <summary>Makes the partition's actor where something else decides which process hosts it.</summary>
    /// <param name="id">The partition.</param>
    /// <param name="onRetired">Called once when the actor takes nothing any more and nobody asked it to leave; from any thread, must not throw.</param>
    public PartitionActor Attach(PartitionId id, Action onRetired)
    {
        var actor = new PartitionActor(id, this, onRetired);
        _actors[id] = actor;
        // It reads its partition at once: blocks may wait to be sealed, and where nothing does, it leaves by itself in time.
        actor.Post(PartitionActor.Wake.Message);
        return actor;
    }

    /// <summary>Offers a batch to a partition where it is in this process.</summary>
    public bool TryOffer(PartitionId id, EventBatch batch, int partitionCount, out ValueTask<IntakeResult> result)
    {
        var isHere = _actors.TryGetValue(id, out var actor);
        result = isHere ? actor!.OfferAsync(batch, partitionCount) : default;
        return isHere;
    }

    /// <summary>
    /// Loads the partitions that have blocks in no batch, so that they are sealed though nobody sends: after a start, and
    /// now and then for what a late write left behind.
    /// </summary>
    /// <param name="receivedBefore">Only those whose oldest such block was received before this.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public async Task WakeUnsealedAsync(Instant receivedBefore, CancellationToken cancellation)
    {
        foreach (var id in await Journal.ReadUnsealedPartitionsAsync(Lane.All, receivedBefore, cancellation))
            ActorOf(id).Post(PartitionActor.HasUnsealed.Message);
    }

    /// <summary>Wakes actors that are due, until cancelled. Visiting 10,000 of them takes some 2 ms, as long as no clock is asked for each.</summary>
    public async Task RunClockAsync(CancellationToken cancellation)
    {
        var offset = Now - Elapsed;
        using var timer = new PeriodicTimer(Options.TickPeriod, Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
            {
                // Hours end by the wall clock: where it has stepped, all actors look anew.
                var (elapsed, now) = (Elapsed, Now);
                var step = now - elapsed - offset;
                var due = step.Duration() > Options.TickPeriod ? TimeSpan.MaxValue : elapsed;
                offset += step;
                var count = 0;
                foreach (var (_, actor) in _actors)
                {
                    if (actor.WakeAt <= due)
                        actor.Post(PartitionActor.Wake.Message);
                    actor.SamplePressure(now);
                    if (count == _idCounts.Length)
                        Array.Resize(ref _idCounts, Math.Max(16, count * 2));
                    _idCounts[count++] = actor.IdCount;
                }

                Dedupe.Observe(_idCounts.AsSpan(0, count));
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

    public PartitionSurroundings Surroundings { get; } = surroundings;

    public ulong NextSeed() => (ulong)Work.Random.NextInt64();

    /// <summary>How long a partition that could not be read leaves the journal alone.</summary>
    public TimeSpan PauseAfter(int failures) =>
        Backoff.FullJitter(Backoff.Ceiling(failures, Limits.RetryPauseMin, Options.ReloadPauseMax), Work.Random);

    public void Dispose()
    {
        _seals.Dispose();
        _loads.Dispose();
    }

    private async Task<(Seal Seal, Exception? Damage)> MergeAsync(SealDraft draft, CancellationToken cancellation)
    {
        if (!draft.Merge)
            return (draft.AsStored(), null);
        var batch = draft.Batch;
        try
        {
            var members = Journal.ReadBlocksAsync(batch.Partition, batch.Stream, batch.FromSeq, batch.ToSeq, cancellation);
            return (draft.Merged(await GzipMember.MergeAsync(members, batch.LineBytes)), null);
        }
        catch (Exception exception) when (exception is JournalCorruptException or InvalidDataException)
        {
            // Sealed as it is: the shipper sets it aside, where an operator sees it, and the partition goes on.
            return (draft.AsStored(), exception);
        }
    }
}

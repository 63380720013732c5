using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Grains;

/// <summary>
/// Keeps the numbers of partitions. The journal is split before the state says so: a crash in between leaves a state
/// that is behind, and the journal's numbers are read at every activation.
/// </summary>
[GrainType("ingest.sources"), CollectionAgeLimit(AlwaysActive = true)]
public sealed class SourceCatalogueGrain(
    [PersistentState("sources", SiloServices.StorageName)] IPersistentState<SourceCatalogueState> state,
    SiloServices silo,
    TimeProvider time,
    GrainLog log) : Grain, ISourceCatalogueGrain
{
    // The last refusal of each source, so that one which is asked for again and again is told once.
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => BelieveJournalAsync(cancellationToken);

    public Task<PartitionCounts?> GetAsync(long version) =>
        Task.FromResult(version == state.State.Version ? null : Counts());

    public async Task<PartitionCounts> EnsureAsync(Dictionary<string, int> wanted)
    {
        var changed = false;
        try
        {
            foreach (var (source, count) in wanted)
            {
                if (!state.State.Sources.TryGetValue(source, out var known))
                    changed |= Note(source, count, "first seen");
                else if (count > known.Partitions)
                    changed |= await TrySplitAsync(source, known.Partitions, count);
            }
        }
        finally
        {
            // Splits that were made stay made, whatever became of the next one.
            if (changed)
                await WriteAsync();
        }

        return Counts();
    }

    public async Task<PartitionCounts> RaiseAsync(string source, int wanted, string why)
    {
        if (!state.State.Sources.TryGetValue(source, out var known))
            throw new SplitRefusedException($"There is no source {source}.");
        if (wanted > known.Partitions && await SplitAsync(source, known.Partitions, wanted, why))
            await WriteAsync();
        return Counts();
    }

    /// <summary>A source that cannot have what its configuration says must not keep the others from theirs.</summary>
    private async Task<bool> TrySplitAsync(string source, int from, int wanted)
    {
        try
        {
            var isSplit = await SplitAsync(source, from, wanted, "configuration");
            _refusals.Remove(source);
            return isSplit;
        }
        catch (SplitRefusedException refused)
        {
            if (_refusals.GetValueOrDefault(source) != refused.Message)
                log.NotSplit(source, refused.Message);
            _refusals[source] = refused.Message;
            return false;
        }
    }

    private async Task<bool> SplitAsync(string source, int from, int wanted, string why)
    {
        var to = PartitionNumbers.NextFrom(from, wanted);
        if (to > PartitionNumbers.Max)
            throw new SplitRefusedException($"{source} has {from} partitions, and a multiple of that from {wanted} on is above {PartitionNumbers.Max}.");
        using var timeout = new CancellationTokenSource(silo.Options.LoadTimeout);
        var result = await silo.Journal.SplitAsync(source, from, to, timeout.Token);
        if (result.Outcome == JournalOutcome.Fenced)
            await BelieveJournalAsync(timeout.Token);
        if (result.Outcome != JournalOutcome.Committed)
            throw new SplitRefusedException($"{source} stays at {from} partitions for now: {result.Reason}");
        log.SourceSplit(source, from, to, why);
        return Note(source, to, why);
    }

    private async Task BelieveJournalAsync(CancellationToken cancellation)
    {
        var changed = false;
        foreach (var (source, count) in await silo.Journal.ReadPartitionCountsAsync(cancellation))
            changed |= Note(source, count, "found in the journal");
        if (changed)
            await WriteAsync();
    }

    private bool Note(string source, int partitions, string why)
    {
        if (state.State.Sources.TryGetValue(source, out var known) && known.Partitions >= partitions)
            return false;
        state.State.Sources[source] = new SourceState(partitions, time.GetUtcNow(), why);
        return true;
    }

    private async Task WriteAsync()
    {
        state.State.Version++;
        await state.WriteStateAsync();
    }

    private PartitionCounts Counts() => new(
        state.State.Version,
        state.State.Sources.ToDictionary(source => source.Key, source => source.Value.Partitions, StringComparer.Ordinal));
}

/// <summary>What the catalogue keeps.</summary>
[GenerateSerializer, Alias("ingest.sources-state")]
public sealed class SourceCatalogueState
{
    /// <summary>Rises with every change.</summary>
    [Id(0)]
    public long Version { get; set; }

    [Id(1)]
    public Dictionary<string, SourceState> Sources { get; set; } = new(StringComparer.Ordinal);
}

/// <summary>What the catalogue keeps of one source.</summary>
/// <param name="Partitions">Its number of partitions.</param>
/// <param name="Since">When it got them.</param>
/// <param name="Why">Who asked for them, and why.</param>
[GenerateSerializer, Immutable, Alias("ingest.source-state")]
public sealed record SourceState(
    [property: Id(0)] int Partitions, [property: Id(1)] DateTimeOffset Since, [property: Id(2)] string Why);

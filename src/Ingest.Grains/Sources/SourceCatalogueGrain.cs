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
    // The last refusal of each source: frontends ask for it again and again, and the log need not.
    private readonly Dictionary<string, string> _refusals = new(StringComparer.Ordinal);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await ReadJournalAsync(cancellationToken))
            await WriteAsync();
    }

    public Task<PartitionCounts?> GetAsync(long version) =>
        Task.FromResult(version == state.State.Version ? null : Counts());

    public async Task<PartitionCounts> EnsureAsync(Dictionary<string, int> wanted)
    {
        var changed = false;
        foreach (var (source, count) in wanted)
        {
            try
            {
                changed |= state.State.Sources.TryGetValue(source, out var known)
                    ? await SplitAsync(source, known.Partitions, count, "configuration")
                    : Note(source, count, "first seen");
            }
            catch (SplitRefusedException refused)
            {
                // This source stays as it is; the others must not wait for it.
                if (_refusals.GetValueOrDefault(source) != refused.Message)
                    log.NotSplit(source, refused.Message);
                _refusals[source] = refused.Message;
            }
        }

        if (changed)
            await WriteAsync();
        return Counts();
    }

    public async Task<PartitionCounts> RaiseAsync(string source, int wanted, string why)
    {
        if (!state.State.Sources.TryGetValue(source, out var known))
            throw new SplitRefusedException($"There is no source {source}.");
        if (await SplitAsync(source, known.Partitions, wanted, why))
            await WriteAsync();
        return Counts();
    }

    /// <summary>Splits a source where it has fewer partitions than wanted; true where its number changed.</summary>
    private async Task<bool> SplitAsync(string source, int from, int wanted, string why)
    {
        if (wanted <= from)
            return false;
        var to = PartitionNumbers.NextFrom(from, wanted);
        if (to > PartitionNumbers.Max)
            throw new SplitRefusedException($"{source} has {from} partitions, and a multiple of that from {wanted} on is above {PartitionNumbers.Max}.");
        using var timeout = new CancellationTokenSource(silo.Options.LoadTimeout);
        var result = await silo.Journal.SplitAsync(source, from, to, timeout.Token);
        if (result.Outcome == JournalOutcome.Fenced && await ReadJournalAsync(timeout.Token))
        {
            // The journal knows another number than this grain did: an earlier split whose answer was lost.
            await WriteAsync();
            return await SplitAsync(source, state.State.Sources[source].Partitions, wanted, why);
        }

        if (result.Outcome != JournalOutcome.Committed)
            throw new SplitRefusedException($"{source} stays at {from} partitions for now: {result.Reason}");
        log.SourceSplit(source, from, to, why);
        return Note(source, to, why);
    }

    /// <summary>Takes the journal's numbers, which are law; true where one was another.</summary>
    private async Task<bool> ReadJournalAsync(CancellationToken cancellation)
    {
        var changed = false;
        foreach (var (source, count) in await silo.Journal.ReadPartitionCountsAsync(cancellation))
            changed |= Note(source, count, "found in the journal");
        return changed;
    }

    private bool Note(string source, int partitions, string why)
    {
        if (state.State.Sources.TryGetValue(source, out var known) && known.Partitions == partitions)
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

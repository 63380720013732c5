using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>
/// How many partitions each source has: the one place in the cluster that raises the number. One activation, key 0; its
/// state is durable, and the journal enforces what it says.
/// </summary>
[Alias("ingest.sources")]
public interface ISourceCatalogueGrain : IGrainWithIntegerKey
{
    /// <summary>How long an answer may take where sources are split: above what the journal may take for one.</summary>
    private const string SplitTimeout = "00:01:00";

    /// <summary>The numbers, where they changed since <paramref name="version"/>; else null.</summary>
    [AlwaysInterleave, Alias("get")]
    Task<PartitionCounts?> GetAsync(long version);

    /// <summary>
    /// Sees to it that each of these sources has at least so many partitions, and says what all have now. One that cannot
    /// be raised keeps its number; the log says why.
    /// </summary>
    /// <param name="wanted">By source: what the configuration says.</param>
    [ResponseTimeout(SplitTimeout), Alias("ensure")]
    Task<PartitionCounts> EnsureAsync(Dictionary<string, int> wanted);

    /// <summary>Raises the number of one source to the next possible one from <paramref name="wanted"/> on.</summary>
    /// <param name="source">The source.</param>
    /// <param name="wanted">The number wanted; a number below the present one changes nothing.</param>
    /// <param name="why">For the log and the state: who asked for it, and why.</param>
    /// <exception cref="SplitRefusedException">It cannot be raised, or not now; the message says why.</exception>
    [ResponseTimeout(SplitTimeout), Alias("raise")]
    Task<PartitionCounts> RaiseAsync(string source, int wanted, string why);
}

/// <summary>Numbers of partitions by source.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Counts">By source.</param>
[GenerateSerializer, Immutable, Alias("ingest.counts")]
public sealed record PartitionCounts([property: Id(0)] long Version, [property: Id(1)] Dictionary<string, int> Counts);

/// <summary>A number of partitions that cannot be had.</summary>
[GenerateSerializer, Alias("ingest.split-refused")]
public sealed class SplitRefusedException(string message) : Exception(message);

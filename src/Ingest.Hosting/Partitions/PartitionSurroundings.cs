using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>What the partitions of a process ask of their runtime, and tell it. Called from any thread; must not throw or block.</summary>
public sealed record PartitionSurroundings
{
    /// <summary>The validator of a source as of now.</summary>
    public required Func<string, IEventValidator> ValidatorOf { get; init; }

    /// <summary>The number of partitions of a source, for a partition that the journal knows nothing of; 0 where it cannot be had now.</summary>
    public required Func<string, ValueTask<int>> PartitionCountOf { get; init; }

    /// <summary>A batch of this partition was sealed.</summary>
    public required Action<PartitionId> OnSealed { get; init; }

    /// <summary>A write to the journal ended so.</summary>
    public required Action<JournalResult> OnWritten { get; init; }

    /// <summary>A partition has been at the limit of one core for long; its source has this many partitions.</summary>
    public Action<PartitionId, int>? OnPressure { get; init; }
}

namespace Ingest.Engine;

/// <summary>Limits of the bridge, with their units and reasons.</summary>
public sealed record RelayLimits
{
    /// <summary>Lines of a chunk: as many events as the primary offers to its partitions at once.</summary>
    public int ChunkLinesMax { get; init; } = 1_000;

    /// <summary>Bytes of a chunk's lines, unless a single line is longer. 1 MiB takes 4 s over 2 Mbit/s.</summary>
    public int ChunkBytesMax { get; init; } = 1 << 20;

    /// <summary>How long one chunk may take until its answer.</summary>
    public TimeSpan ChunkTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An answer that takes longer counts as push-back: the primary is busy, or the line is full.</summary>
    public TimeSpan SlowAnswer { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Line bytes a second with which a bridge begins.</summary>
    public long RateStart { get; init; } = 1 << 20;

    /// <summary>Lowest rate: push-back never stops the bridge for good.</summary>
    public long RateMin { get; init; } = 64 << 10;

    /// <summary>Highest rate. One chunk is under way at a time, so the line and the lake end it before: at some 10,000 events a second.</summary>
    public long RateMax { get; init; } = 64 << 20;

    /// <summary>What each delivered chunk adds to the rate. Push-back halves it.</summary>
    public long RateStep { get; init; } = 128 << 10;

    /// <summary>Objects of the backlog that are held in memory, oldest first; the rest is listed again. Some 200 bytes each.</summary>
    public int WindowMax { get; init; } = 1_000;

    /// <summary>How long an idle bridge waits before it lists the relay folder again: how late an object may leave.</summary>
    public TimeSpan IdlePause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an object first rests that is refused or damaged, or that cannot be deleted, while others go on; doubles.</summary>
    public TimeSpan RestMin { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Longest rest: somebody may have mended it.</summary>
    public TimeSpan RestMax { get; init; } = TimeSpan.FromHours(6);

    /// <summary>Failures of the oldest object on end after which the one behind it is tried, every other time; where that one passes, the first rests if it fails once more.</summary>
    public int StuckTimes { get; init; } = 5;

    /// <summary>How long opening an object may take, or reading a chunk of it, or a record.</summary>
    public TimeSpan LakeTimeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Objects up to this size are held in memory between being checked and being sent; larger ones are read twice.</summary>
    public int BufferBytesMax { get; init; } = 4 << 20;

    /// <summary>First pause after a failure; doubles, with jitter.</summary>
    public TimeSpan RetryPauseMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest pause after a failure, however long the outage: retries never end.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(30);
}

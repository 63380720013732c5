namespace Ingest.Engine;

/// <summary>
/// Every limit of the engine in one place, with its unit and the reason for its size. A runtime may lower or raise what
/// its configuration exposes; <see cref="Violations"/> holds the relations between them.
/// </summary>
public sealed record Limits
{
    /// <summary>Lines of a block, in bytes before compression, after which the next block is begun. One event may exceed it. Its compression takes 1 ms; compressed it is mostly below 85 KB, from where on .NET takes memory back late.</summary>
    public int BlockLineBytesMax { get; init; } = 256 << 10;

    /// <summary>Lines of an open block, in bytes, from which it is closed: appended at once, or compressed while the append before it is being committed. Compressing 64 KiB takes some 0.2 ms; less of it would compress worse.</summary>
    public int CompressAheadLineBytes { get; init; } = 64 << 10;

    /// <summary>Lines of a block, in bytes, below which it is stored as it is, until its batch is sealed and merged: one event or two. A compressor takes some 10 µs for them, most of it to be set up, and leaves two thirds.</summary>
    public int StoreBelowLineBytes { get; init; } = 1 << 10;

    /// <summary>Ids a partition remembers for deduplication. They take 64 MiB of memory and 32 MiB in the journal; the room up to 2 Mi is for those of appends under way.</summary>
    public int DedupeIdsMax { get; init; } = 2_000_000;

    /// <summary>How long an id is remembered. A day covers every tracker's retries of one sending; a lost answer is retried in seconds.</summary>
    public TimeSpan DedupeAgeMax { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of a batch's object after which it is sealed. 64 MiB is a good file for Athena, Spark and Trino.</summary>
    public long SealBytes { get; init; } = 64L << 20;

    /// <summary>Age of a batch's oldest block after which it is sealed. Costs nothing in safety: the blocks are durable.</summary>
    public TimeSpan SealAge { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Most blocks that a batch may be given.</summary>
    public const int SealBlocksMax = 1_000_000;

    /// <summary>Blocks of a batch after which it is sealed: bounds the metadata that is read back for a partition or a batch (64 bytes a block), and how much of a small machine shipping one takes at a time: some 30 µs a block of a few kilobytes.</summary>
    public int SealBlocks { get; init; } = 4_096;

    /// <summary>A batch whose blocks have fewer line bytes than this on average is merged into one member when it is sealed: tiny members compress badly.</summary>
    public int MergeBelowLineBytes { get; init; } = 16 << 10;

    /// <summary>Line bytes above which a batch is not merged, since merging holds them in memory.</summary>
    public long MergeLineBytesMax { get; init; } = 16L << 20;

    /// <summary>How long a write to the journal may take before its outcome counts as unknown. Below the 5 s after which the JavaScript tracker sends again.</summary>
    public TimeSpan JournalTimeout { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Puts under way at once for one destination. Each holds at most one part in memory.</summary>
    public int ShipConcurrency { get; init; } = 8;

    /// <summary>Batches that a shipper holds in memory; the rest waits in the journal.</summary>
    public int ShipWindow { get; init; } = 64;

    /// <summary>Batches set aside for faults of their own (another object under their key, damage) that do not count against the window. As many at once need a person, not a larger window; about 1 KiB each.</summary>
    public int ShipSetAsideMax { get; init; } = 1_000;

    /// <summary>Bodies up to this many bytes are kept in memory between being hashed and being put; larger ones are read twice. 4 MiB for each of ShipConcurrency.</summary>
    public int ShipBufferBytes { get; init; } = 4 << 20;

    /// <summary>How long one put may take, or reading one object back for a manifest. 64 MiB over 2 Mbit/s needs 268 s.</summary>
    public TimeSpan PutTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>First pause before a batch is tried again; doubles, with full jitter.</summary>
    public TimeSpan RetryPauseMin { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest pause before a batch is tried again, however long the outage: retries never end.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failures in a row after which a destination's breaker opens: then one probe at a time instead of hammering.</summary>
    public int BreakerFailures { get; init; } = 5;

    /// <summary>How long ledger rows and records of shipped batches are kept for the audit.</summary>
    public TimeSpan LedgerRetention { get; init; } = TimeSpan.FromDays(32);

    /// <summary>How long after its end an hour is closed. Clocks of a cluster differ by seconds; one that lags by more loses nothing: its events go to the hour after.</summary>
    public TimeSpan HourGrace { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Hours that one turn of the manifest writer closes and writes: after a stop of a week seven turns. Bounds what it holds in memory: the records of one source for so many hours.</summary>
    public int ManifestHours { get; init; } = 24;

    /// <summary>What is wrong with these limits, one sentence each; empty when they fit together.</summary>
    public IReadOnlyList<string> Violations()
    {
        var found = new List<string>();
        Require(BlockLineBytesMax is >= 1024 and <= 64 << 20, "BlockLineBytesMax must be 1 KiB to 64 MiB: a block is compressed in memory.");
        Require(CompressAheadLineBytes >= 1, "CompressAheadLineBytes must be at least 1.");
        Require(StoreBelowLineBytes is >= 0 and <= GzipMember.StoredLineBytesMax, "StoreBelowLineBytes must be 0 to 65,535: its member has one stored block.");
        Require(MergeBelowLineBytes == 0 || StoreBelowLineBytes <= MergeBelowLineBytes / 16, "StoreBelowLineBytes must be at most a sixteenth of MergeBelowLineBytes: a batch that is not merged must hold little that is not compressed.");
        Require(DedupeIdsMax is >= 1 and <= 1 << 28, "DedupeIdsMax must be 1 to 268,435,456: each id takes 32 bytes of memory.");
        Require(DedupeAgeMax > TimeSpan.Zero, "DedupeAgeMax must be above zero.");
        Require(SealBytes is >= 1 and <= 5L << 30, "SealBytes must be 1 byte to 5 GiB, the largest single copy of S3.");
        Require(SealAge > TimeSpan.Zero && SealAge <= TimeSpan.FromHours(1), "SealAge must be above zero and at most 1h: no batch crosses an hour.");
        Require(SealBlocks is >= 1 and <= SealBlocksMax, "SealBlocks must be 1 to 1,000,000.");
        Require(MergeLineBytesMax <= 256L << 20, "MergeLineBytesMax must be at most 256 MiB: merging holds the lines in memory.");
        Require(JournalTimeout > TimeSpan.Zero, "JournalTimeout must be above zero.");
        Require(ShipConcurrency >= 1 && ShipWindow >= ShipConcurrency, "ShipWindow must be at least ShipConcurrency, and that at least 1.");
        Require(ShipSetAsideMax >= 0, "ShipSetAsideMax must not be negative.");
        Require(ShipBufferBytes is >= 0 and <= 1 << 30, "ShipBufferBytes must be 0 to 1 GiB: it is taken once for each of ShipConcurrency.");
        Require(PutTimeout > TimeSpan.Zero, "PutTimeout must be above zero.");
        Require(RetryPauseMin > TimeSpan.Zero && RetryPauseMax >= RetryPauseMin, "RetryPauseMax must be at least RetryPauseMin, and that above zero.");
        Require(BreakerFailures >= 1, "BreakerFailures must be at least 1.");
        Require(LedgerRetention >= DedupeAgeMax, "LedgerRetention must be at least DedupeAgeMax: the audit looks for doubles within it.");
        Require(HourGrace >= TimeSpan.Zero, "HourGrace must not be negative: an hour under way cannot be closed.");
        Require(ManifestHours >= 1, "ManifestHours must be at least 1.");
        return found;

        void Require(bool holds, string message)
        {
            if (!holds)
                found.Add(message);
        }
    }
}

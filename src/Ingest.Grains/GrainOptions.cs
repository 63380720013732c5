namespace Ingest.Grains;

/// <summary>Limits of the cluster runtime, beside those of every runtime.</summary>
public sealed record GrainOptions
{
    /// <summary>Number of lanes. Fixed for a cluster's life: two silos that disagree would leave batches to nobody.</summary>
    public const int Lanes = 8;

    /// <summary>Calls under way from one frontend to one partition: one that commits, one that is on the line.</summary>
    public int CallsPerLink { get; init; } = 2;

    /// <summary>Bytes after which a call takes no further request: large enough to share a commit, small enough to copy at once.</summary>
    public int CallBytes { get; init; } = 1 << 20;

    /// <summary>How long a call to a partition may take, waiting included: a commit, and a partition that is read from the journal first.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Calls from other silos that wait at one silo at once.</summary>
    public int RemoteCallsMax { get; init; } = 4_096;

    /// <summary>Bytes of calls from other silos that wait at one silo at once.</summary>
    public long RemoteBytesMax { get; init; } = 256L << 20;

    /// <summary>How often a frontend asks whether numbers of partitions changed. A stale number costs one detour, no event.</summary>
    public TimeSpan CountsPeriod { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two such questions, whoever asks.</summary>
    public TimeSpan CountsPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a reminder wakes a lane though no process remembers it.</summary>
    public TimeSpan ReminderPeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a silo may take to say how it is.</summary>
    public TimeSpan StatusTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Refusals in a row after which a silo whose connection ended counts as dead.</summary>
    public int PeerRefusals { get; init; } = 3;

    /// <summary>Pause before each look whether it refuses connections.</summary>
    public TimeSpan PeerRefusalPause { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a look may take. A machine that is there refuses at once.</summary>
    public TimeSpan PeerConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Least time between two reads of the list of members for reasons of our own.</summary>
    public TimeSpan MembershipCheckPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Of so many looks for partitions that nobody seals, one wakes all that have anything open, not the overdue ones alone:
    /// how late blocks ship that a wrong clock stamped in the future.
    /// </summary>
    public int LooksAtAllEvery { get; init; } = 10;

    /// <summary>Partitions woken at once by a lane.</summary>
    public int WakesMax { get; init; } = 16;

    /// <summary>Most partitions that a source gets by itself. More are an operator's decision.</summary>
    public int AutomaticPartitionsMax { get; init; } = 16;

    /// <summary>Least time between two automatic raises of one source: the first must show what it brought.</summary>
    public TimeSpan AutomaticRaisePause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often a silo looks whether grains should be elsewhere.</summary>
    public TimeSpan BalancePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long the silos must have been the same before grains are moved: longer than a silo's restart.</summary>
    public TimeSpan BalanceAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Grains that a silo moves in one <see cref="BalancePeriod"/>: each is read from the journal where it arrives.</summary>
    public int BalanceMovesMax { get; init; } = 20;
}

namespace Ingest.Bench;

/// <summary>What is known of a subject at one time, since its start. What it does not say is null.</summary>
/// <param name="Use">What its processes have taken.</param>
/// <param name="StoredBytes">Bytes on its disk that hold events which are not shipped yet.</param>
public sealed record Observation(ProcessUse Use, long? StoredBytes)
{
    /// <summary>What the whole machine has done, subject or not.</summary>
    public MachineTime? Machine { get; init; }

    /// <summary>Managed memory allocated in all, in bytes.</summary>
    public long? AllocatedBytes { get; init; }

    /// <summary>Pauses of its garbage collector in all.</summary>
    public double? PauseMilliseconds { get; init; }

    /// <summary>Events confirmed by the lake.</summary>
    public long? ShippedEvents { get; init; }

    /// <summary>Bytes in the lake.</summary>
    public long? LakeBytes { get; init; }

    /// <summary>Events that are stored and not in the lake.</summary>
    public long? BacklogEvents { get; init; }

    /// <summary>Events quarantined, or taken for duplicates: none of a workload should be.</summary>
    public long UnexpectedEvents { get; init; }
}

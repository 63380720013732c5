using System.Collections.Concurrent;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>
/// What an outage makes happen again and again, for every partition or request: one line a cause and a while, with its number.
/// What damage or a fault of ours makes happen is a line each time.
/// </summary>
public sealed partial class HostingLog
{
    // Far above the causes that there are; beyond, everything is said.
    private const int FaultsMax = 100;

    private readonly RareLog _notLoaded = new(time ?? TimeProvider.System);
    private readonly RareLog _broken = new(time ?? TimeProvider.System);
    private readonly RareLog _refills = new(time ?? TimeProvider.System);
    private readonly RareLog _notConfirmed = new(time ?? TimeProvider.System);
    private readonly RareLog _notSealed = new(time ?? TimeProvider.System);
    private readonly ConcurrentDictionary<string, RareLog> _faults = new(StringComparer.Ordinal);
    private readonly RareLog _notSpilled = new(time ?? TimeProvider.System);
    private readonly RareLog _notDrained = new(time ?? TimeProvider.System);
    private readonly RareLog _roleNotRead = new(time ?? TimeProvider.System);
    private readonly RareLog _notBridged = new(time ?? TimeProvider.System);
    private int _isSpilling;

    /// <summary>A partition cannot be read. An outage of the journal stops all of them: it is one line in a while; damage is one each.</summary>
    public void OnPartitionNotLoaded(Exception exception, PartitionId partition)
    {
        if (exception is not (JournalUnavailableException or OperationCanceledException))
            PartitionNotLoaded(exception, partition);
        else if (_notLoaded.IsDue(out var times))
            PartitionsNotLoaded(exception.Message, partition, times);
    }

    /// <summary>A write was not surely stored.</summary>
    public void OnPartitionBroken(PartitionId partition)
    {
        if (_broken.IsDue(out var times))
            PartitionBroken(partition, times);
    }

    /// <summary>The journal cannot be read for shipping.</summary>
    public void OnRefillFailed(Exception exception)
    {
        if (exception is not (JournalUnavailableException or OperationCanceledException))
            RefillFailed(exception);
        else if (_refills.IsDue(out var times))
            RefillsFailed(exception.Message, times);
    }

    /// <summary>A seal failed with an exception: for all partitions at once where the journal cannot be read.</summary>
    public void OnSealFailed(Exception exception, PartitionId partition)
    {
        if (exception is not (JournalUnavailableException or OperationCanceledException))
            SealFailed(exception, partition);
        else if (_notSealed.IsDue(out var times))
            SealsFailed(exception.Message, partition, times);
    }

    /// <summary>Looking after the journal failed. What stands before the first colon says at what, and is said once in a while.</summary>
    public void OnJournalFault(string fault)
    {
        if (IsDue(fault))
            JournalFault(fault);
    }

    /// <summary>The disk of the spill failed, or something in it is damaged; said as <see cref="OnJournalFault"/>.</summary>
    public void OnSpillFault(string fault)
    {
        if (IsDue(fault))
            SpillFault(fault);
    }

    /// <summary>A batch is not in the lake yet. Where the journal is the reason, it is that of all batches.</summary>
    public void OnShipFailed(string key, ShipOutcome outcome, string? detail)
    {
        if (outcome is not (ShipOutcome.JournalUnavailable or ShipOutcome.NotConfirmed))
            ShipFailed(key, outcome, detail);
        else if (_notConfirmed.IsDue(out var times))
            ShipsFailed(detail, times, key);
    }

    /// <summary>The record of a promotion cannot be read.</summary>
    public void OnRoleNotRead(string reason)
    {
        if (_roleNotRead.IsDue(out var times))
            RoleNotRead(reason, times);
    }

    /// <summary>The primary took nothing.</summary>
    public void OnNotBridged(string primary, string reason)
    {
        if (_notBridged.IsDue(out var times))
            NotBridged(primary, reason, times);
    }

    /// <summary>A request went to the spill: said of the first one after all had drained.</summary>
    public void OnSpilled(string? reason)
    {
        if (Volatile.Read(ref _isSpilling) == 0 && Interlocked.Exchange(ref _isSpilling, 1) == 0)
            Spilling(reason);
    }

    /// <summary>Nothing waits in the spill.</summary>
    public void OnSpillEmpty(long drained)
    {
        if (Volatile.Read(ref _isSpilling) != 0 && Interlocked.Exchange(ref _isSpilling, 0) != 0)
            SpillEmpty(drained);
    }

    /// <summary>A request could not be spilled.</summary>
    public void OnNotSpilled(string? reason)
    {
        if (_notSpilled.IsDue(out var times))
            NotSpilled(reason, times);
    }

    /// <summary>A round of the drain failed.</summary>
    public void OnSpillNotDrained(string? reason)
    {
        if (_notDrained.IsDue(out var times))
            SpillNotDrained(reason, times);
    }

    private bool IsDue(string fault) =>
        _faults.Count >= FaultsMax || _faults.GetOrAdd(fault.Split(':', 2)[0], _ => new RareLog(time ?? TimeProvider.System)).IsDue(out _);
}

namespace Ingest.Tracker;

/// <summary>What the sender does with the file. None of it needs a sync: what is forgotten is sent again.</summary>
internal sealed partial class EventFile
{
    /// <summary>Free pages that a file may keep, 4 KiB each; more are given back once it is empty.</summary>
    private const int FreePagesKept = 256;

    /// <summary>Pages given back in one transaction, so that tracking does not wait long.</summary>
    private const int FreePagesAtOnce = 512;

    /// <summary>Whether there is nothing to send.</summary>
    public bool IsEmpty => Read(() => _state.Read().Pending == 0);

    /// <summary>The place of the newest event; 0 where there is none.</summary>
    public long LastSeq() => Read(_events.Last);

    /// <summary>The place of the oldest event; 0 where there is none.</summary>
    public long FirstSeq() => Read(_events.First);

    /// <summary>Hands out the oldest events until <paramref name="takes"/> says no.</summary>
    public void ReadOldest(int eventsMax, Func<QueuedEvent, bool> takes) => Read(() =>
    {
        _events.Read(eventsMax, takes);
        return true;
    });

    /// <summary>Removes events that were answered with success.</summary>
    public void Delivered(IReadOnlyList<QueuedEvent> events) => Write(isSynced: false, (ref state) =>
    {
        foreach (var queued in events)
        {
            if (TryRemove(ref state, queued))
                state.Delivered++;
        }
        return true;
    });

    /// <summary>Sets an event aside.</summary>
    /// <returns>False where it was not there any more.</returns>
    public bool SetAside(QueuedEvent refused, int status, long now) => Write(isSynced: false, (ref state) =>
    {
        if (!TryRemove(ref state, refused))
            return false;
        _deadLetters.Insert(refused.Body, refused.Time, status, now);
        state.SetAside++;
        state.SetAsideBytes += refused.Body.Bytes;
        return true;
    });

    /// <summary>Drops events that waited too long.</summary>
    /// <returns>Those that were still there.</returns>
    public List<QueuedEvent> DropOld(IReadOnlyList<QueuedEvent> old) => Write(isSynced: false, (ref state) =>
    {
        var dropped = new List<QueuedEvent>();
        foreach (var queued in old)
        {
            if (TryRemove(ref state, queued))
                dropped.Add(queued);
        }
        state.DroppedOld += dropped.Count;
        return dropped;
    });

    /// <summary>Gives space back to the disk that an outage took.</summary>
    public void GiveBackPages()
    {
        var free = FreePages();
        while (free > FreePagesKept)
        {
            Read(() =>
            {
                _database.Execute($"PRAGMA incremental_vacuum({FreePagesAtOnce})");
                return true;
            });
            var before = free;
            free = FreePages();
            if (free >= before)
                return;
        }
    }

    private bool TryRemove(ref FileState state, QueuedEvent queued)
    {
        if (!_events.Delete(queued.Seq))
            return false;
        state.Pending--;
        state.PendingBytes -= queued.Body.Bytes;
        return true;
    }

    private long FreePages() => Read(() => _database.Scalar("PRAGMA freelist_count"));
}

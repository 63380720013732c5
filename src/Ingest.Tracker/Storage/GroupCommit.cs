namespace Ingest.Tracker;

/// <summary>
/// Stores what callers track. Who comes while a commit is under way waits for the next one, which takes all of them: so
/// many callers cost as few syncs as the disk is slow.
/// </summary>
internal sealed class GroupCommit(EventFile file, Callbacks callbacks)
{
    private readonly object _leader = new();
    private readonly object _gate = new();
    private List<PendingTrack> _waiting = [];

    /// <summary>Stores an event together with all others that wait; returns once it is committed.</summary>
    public TrackResult Add(PendingTrack track)
    {
        lock (_gate)
            _waiting.Add(track);
        List<DroppedEvent> dropped = [];
        string? problem = null;
        lock (_leader)
        {
            if (!track.IsDone)
                problem = Commit(dropped);
        }
        // Outside of the lock: what the application does then is not known.
        if (problem is not null)
            callbacks.Problem(problem);
        callbacks.Dropped(dropped);
        return track.Result;
    }

    /// <param name="dropped">Receives the events that were dropped.</param>
    /// <returns>What was wrong with the file; null for nothing.</returns>
    private string? Commit(List<DroppedEvent> dropped)
    {
        List<PendingTrack> group;
        lock (_gate)
        {
            group = _waiting;
            _waiting = [];
        }
        string? problem = null;
        try
        {
            dropped.AddRange(file.Add(group));
        }
        catch (Exception fault)
        {
            // Whatever it was, nothing is known to be stored, and tracking throws for wrong arguments alone.
            foreach (var track in group)
            {
                track.Result = TrackResult.NotStored;
                file.CountDrop(DropReason.NotStored);
            }
            problem = fault.Message;
        }
        foreach (var track in group)
        {
            track.IsDone = true;
            if (track.Result != TrackResult.Stored)
                dropped.Add(track.Dropped(track.Result == TrackResult.QueueFull ? DropReason.QueueFull : DropReason.NotStored));
        }
        return problem;
    }
}

namespace Ingest.Tracker;

/// <summary>Makes the next request from the oldest events of the file.</summary>
internal sealed class BatchReader(EventFile file, TrackerOptions options)
{
    /// <summary>Reads a batch.</summary>
    /// <param name="eventsMax">Most events in it.</param>
    /// <returns>The batch; it may have no events.</returns>
    public Batch Read(int eventsMax)
    {
        var protocol = options.Protocol!;
        using var body = protocol.NewBody();
        var (events, old) = (new List<QueuedEvent>(), new List<QueuedEvent>());
        file.ReadOldest(eventsMax, queued =>
        {
            if (!queued.IsRequeued && queued.Time.Age(options.Clock) > options.AgeMax)
            {
                old.Add(queued);
                return true;
            }
            // What it takes of the body may be up to twice its size: bounds are far below what servers take.
            if (events.Count > 0 && body.Length + queued.Body.Bytes > protocol.BatchBytesMax)
                return false;
            body.Add(queued, queued.Time.SentAt(options.Clock));
            events.Add(queued);
            return true;
        });
        return new Batch(events, old, events.Count > 0 ? body.Finish() : []);
    }
}

/// <summary>A request to be.</summary>
/// <param name="Events">Its events, oldest first.</param>
/// <param name="Old">Events between them that waited too long.</param>
/// <param name="Body">The body.</param>
internal sealed record Batch(IReadOnlyList<QueuedEvent> Events, IReadOnlyList<QueuedEvent> Old, byte[] Body);

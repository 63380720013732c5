namespace Ingest.Tracker;

/// <summary>A body under way.</summary>
internal interface IEventWriter : IDisposable
{
    /// <summary>Bytes so far.</summary>
    long Length { get; }

    /// <param name="queued">The event.</param>
    /// <param name="sentAt">When it is sent, in Unix milliseconds.</param>
    void Add(QueuedEvent queued, long sentAt);

    /// <summary>The whole body; nothing can be added any more.</summary>
    byte[] Finish();
}

namespace Ingest.Tracker;

/// <summary>What a collector speaks: <see cref="IngestProtocol"/> or <see cref="SnowplowProtocol"/>. One file can be sent by either.</summary>
public abstract class TrackerProtocol
{
    private protected TrackerProtocol()
    {
    }

    /// <summary>Where events are posted, below an endpoint.</summary>
    internal abstract string Path { get; }

    /// <summary>Most bytes of a request before compression. A larger event goes alone.</summary>
    internal abstract int BatchBytesMax { get; }

    /// <summary>True where an event cannot be sent without a schema.</summary>
    internal abstract bool NeedsSchema { get; }

    /// <summary>True where an id must be a UUID.</summary>
    internal abstract bool NeedsUuid { get; }

    /// <summary>True where a body may be gzip.</summary>
    internal abstract bool CanCompress { get; }

    /// <summary>Begins a body.</summary>
    internal abstract IEventWriter NewBody();

    /// <summary>Adds the headers that say who is sending.</summary>
    internal abstract void Sign(HttpRequestMessage request);
}

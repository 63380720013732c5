namespace Ingest.Collector;

/// <summary>Every limit of the collector in one place, with its unit and the reason for its size.</summary>
public sealed record CollectorLimits
{
    /// <summary>Bytes of a body as sent. Trackers send 40 kB, SDKs of others up to 512 kB; 2 MiB leaves room for bulk posts.</summary>
    public int BodyBytesMax { get; init; } = 2 << 20;

    /// <summary>Bytes of a body once decompressed. gzip makes JSON about 5 times smaller, a bomb 1,000 times.</summary>
    public int DecompressedBytesMax { get; init; } = 10 << 20;

    /// <summary>
    /// Bytes of a refused body that are read and thrown away, so that the answer reaches a client that writes first and
    /// reads after. What sends more has its connection closed.
    /// </summary>
    public int DrainBytesMax { get; init; } = 16 << 20;

    /// <summary>Bytes that count as in flight for each event beside its own: what is noted of it until it is stored.</summary>
    public const int EventBytes = 1 << 10;

    /// <summary>Events of one request. 10 MiB of <c>{}</c> would be 3.5 million, and take 3 GB.</summary>
    public int EventsMax { get; init; } = 50_000;

    /// <summary>Requests in flight.</summary>
    public int RequestsInFlightMax { get; init; } = 4_096;

    /// <summary>
    /// Bytes in flight: bodies, decompressed ones included, and what is noted of their events and errors. A process takes
    /// up to three times as much for them.
    /// </summary>
    public long BytesInFlightMax { get; init; } = 256L << 20;

    /// <summary>Open connections; more are closed at once.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>Bytes of the request line: a tracker's whole event may stand in the query. Browsers stop at 64 KiB or before.</summary>
    public int RequestLineBytesMax { get; init; } = 64 << 10;

    /// <summary>Bytes of all headers. Cookies of a shared domain take most of it.</summary>
    public int HeaderBytesMax { get; init; } = 64 << 10;

    /// <summary>How long all headers may take.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a body may take. 2 MiB in 30 s is 70 kB/s, a slow phone's line.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes a second below which a body is given up, after a grace of 5 s. Kestrel's own default.</summary>
    public int BodyBytesPerSecondMin { get; init; } = 240;

    /// <summary>How long an idle connection stays open. Above the 60 s of common load balancers, so that they close first.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>Shortest <c>Retry-After</c>, in whole seconds.</summary>
    public TimeSpan RetryAfterMin { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Longest <c>Retry-After</c>: each answer picks one in between, so that clients do not come back all at once.</summary>
    public TimeSpan RetryAfterMax { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>What is wrong with these limits, by the name of the key; empty when they fit together.</summary>
    public IEnumerable<(string Key, string Problem)> Violations()
    {
        if (DecompressedBytesMax < BodyBytesMax)
            yield return ("decompressedBytesMax", "is below bodyBytesMax, but a body need not be compressed");
        if (BytesInFlightMax < RequestBytesMax())
            yield return ("bytesInFlightMax", $"is below the {RequestBytesMax()} bytes that one request may take by bodyBytesMax, decompressedBytesMax and eventsMax");
        if (RetryAfterMax < RetryAfterMin)
            yield return ("retryAfterMax", "is below retryAfterMin");
    }

    /// <summary>Most bytes in flight of one request: one that takes more could never be answered anything but 503.</summary>
    private long RequestBytesMax() =>
        // The body, what it decompresses to, and that once more with the query in each event.
        BodyBytesMax + (3L * DecompressedBytesMax)
        + ((long)EventsMax * (EventBytes + (RequestErrors.EventMaxBeyond * RequestErrors.BytesEach)))
        + ((RequestErrors.FewerAfter + RequestErrors.EventMax) * RequestErrors.BytesEach)
        + ((long)RequestLineBytesMax * JsonText.EscapeFactor);
}

namespace Ingest.Tracker;

/// <summary>
/// How a tracker works. File, protocol and endpoints must be given. It is read once, when the tracker opens.
/// Properties have plain setters, since the C# of .NET Framework cannot use others.
/// </summary>
public sealed class TrackerOptions
{
    /// <summary>The file that keeps the events. Those beside it, <c>-wal</c>, <c>-shm</c> and <c>-sender</c>, belong to it. On a local disk.</summary>
    public string? File { get; set; }

    /// <summary>What the collector speaks.</summary>
    public TrackerProtocol? Protocol { get; set; }

    /// <summary>The collectors, 1 to 64.</summary>
    public IReadOnlyList<TrackerEndpoint> Endpoints { get; set; } = [];

    /// <summary>
    /// True: an event that was tracked survives a loss of power, for one sync of the disk a commit (about 0.1 to 10 ms).
    /// False: it survives the end of the process in any way, but those of the last seconds not a loss of power.
    /// </summary>
    public bool SurvivesPowerLoss { get; set; } = true;

    /// <summary>Most events in the file. The next one is refused, and counted.</summary>
    public int QueueEventsMax { get; set; } = 100_000;

    /// <summary>Most bytes of events in the file, 64 KiB at least. The file itself is up to twice as large.</summary>
    public long QueueBytesMax { get; set; } = 64L << 20;

    /// <summary>Longest time that an event waits, by the device's clock; then it is dropped, and counted.</summary>
    public TimeSpan AgeMax { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Largest event in bytes, as it counts in the file. Servers take 1 MiB.</summary>
    public int EventBytesMax { get; set; } = 512 << 10;

    /// <summary>Most events of one request.</summary>
    public int BatchEventsMax { get; set; } = 500;

    /// <summary>How long the first event of a burst waits for others, so that they go in one request.</summary>
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long a request may take, beside a second for each 4 KiB that it sends; then its outcome is unknown, and its events are sent again.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>First pause after a failure of an endpoint. Pauses double, with jitter.</summary>
    public TimeSpan RetryPauseMin { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause of an endpoint, also where it asks for more by Retry-After.</summary>
    public TimeSpan RetryPauseMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// First pause after an answer that a person must mend (401, 403, 404 and the like); the longest is as above. All events are kept.
    /// </summary>
    public TimeSpan DeniedPauseMin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a tracker stays with the endpoint that it has chosen by weight, while that one works; up to 30 days.</summary>
    public TimeSpan EndpointStay { get; set; } = TimeSpan.FromMinutes(10);

#if NET
    /// <summary>Where a signed list of regions replaces the endpoints; null where it does not.</summary>
    public RegionListOptions? RegionList { get; set; }
#endif

    /// <summary>
    /// What carries requests; null for one of our own. It must not follow redirections, which turn a POST into a GET. The
    /// tracker does not dispose it.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>The device's clocks.</summary>
    public TrackerClock Clock { get; set; } = TrackerClock.System;

    /// <summary>Receives every event that was dropped, after the file says so. Called on any thread; what it throws is ignored.</summary>
    public Action<DroppedEvent>? OnDropped { get; set; }

    /// <summary>Receives every event that was refused and set aside. Called on any thread; what it throws is ignored.</summary>
    public Action<DeadLetter>? OnRefused { get; set; }

    /// <summary>
    /// Receives why events are not delivered, whenever the reason changes; null when they are again. Called on any thread;
    /// what it throws is ignored. No callback may wait for the end of <see cref="IngestTracker.DisposeAsync"/>, which waits for it.
    /// </summary>
    public Action<string?>? OnProblem { get; set; }

    internal TrackerOptions Validated()
    {
        Guard.That(!string.IsNullOrEmpty(File), "The file must be named.", nameof(File));
        Guard.That(Protocol is not null, "The protocol must be given.", nameof(Protocol));
        Guard.That(Endpoints is { Count: >= 1 and <= EndpointsMax } && Endpoints.All(endpoint => endpoint is not null),
            "There must be 1 to 64 endpoints.", nameof(Endpoints));
        Guard.That(QueueEventsMax >= 1, "It is 1 at least.", nameof(QueueEventsMax));
        Guard.That(QueueBytesMax >= 64 << 10, "It is 64 KiB at least.", nameof(QueueBytesMax));
        Guard.That(EventBytesMax is >= 1024 and <= 16 << 20, "It is 1 KiB to 16 MiB.", nameof(EventBytesMax));
        Guard.That(BatchEventsMax is >= 1 and <= 10_000, "It is 1 to 10,000.", nameof(BatchEventsMax));
        Guard.That(AgeMax > TimeSpan.Zero, "It is more than zero.", nameof(AgeMax));
        Guard.That(BatchDelay >= TimeSpan.Zero && BatchDelay <= TimeSpan.FromHours(1), "It is zero to an hour.", nameof(BatchDelay));
        Guard.That(RequestTimeout > TimeSpan.Zero && RequestTimeout <= TimeSpan.FromHours(1), "It is up to an hour.", nameof(RequestTimeout));
        Guard.That(RetryPauseMin > TimeSpan.Zero && RetryPauseMin <= RetryPauseMax, "It is up to RetryPauseMax.", nameof(RetryPauseMin));
        Guard.That(RetryPauseMax <= TimeSpan.FromDays(1), "It is a day at most.", nameof(RetryPauseMax));
        Guard.That(DeniedPauseMin > TimeSpan.Zero && DeniedPauseMin <= TimeSpan.FromDays(1), "It is a day at most.", nameof(DeniedPauseMin));
        Guard.That(EndpointStay > TimeSpan.Zero && EndpointStay <= TimeSpan.FromDays(30), "It is up to 30 days.", nameof(EndpointStay));
        Guard.NotNull(Clock, nameof(Clock));
#if NET
        RegionList?.Validate();
#endif
        var options = (TrackerOptions)MemberwiseClone();
        // The program may change its folder later; all files of the tracker must stay together.
        options.File = Path.GetFullPath(File!);
        return options;
    }

    internal const int EndpointsMax = 64;
}

namespace Ingest.Tracker;

/// <summary>
/// Decides to which collector to send: one by weight among those that work, and the same for a while, so that events that
/// are sent again meet the place that may have them. One that failed is left alone for a while, which doubles with each
/// failure; so this is the tracker's backoff, too. Times are of the clock that nobody sets.
/// </summary>
internal sealed class EndpointPool
{
    private readonly TrackerOptions _options;
    private readonly Random _random;
    private List<Endpoint> _endpoints = [];
    private Endpoint? _current;
    private TimeSpan _stayUntil;

    public EndpointPool(TrackerOptions options, Random random)
    {
        _options = options;
        _random = random;
        Replace(options.Endpoints);
    }

    private TimeSpan Now => _options.Clock.Elapsed;

    /// <summary>
    /// Puts other endpoints in force, and chooses anew. What is known of those that stay is kept. The same ones change nothing.
    /// </summary>
    public void Replace(IReadOnlyList<TrackerEndpoint> endpoints)
    {
        if (endpoints.Select(endpoint => (endpoint.Url, endpoint.Weight)).SequenceEqual(_endpoints.Select(known => (known.Url, known.Weight))))
            return;
        _endpoints =
        [
            .. endpoints.Select(endpoint => new Endpoint(
                endpoint, _endpoints.Find(known => known.Url == endpoint.Url)?.Health ?? new EndpointHealth())),
        ];
        _current = null;
    }

    /// <summary>Where to send now; null where all are left alone for a while.</summary>
    public Endpoint? Choose()
    {
        var now = Now;
        var working = _endpoints.FindAll(endpoint => endpoint.Health.HeldUntil <= now);
        var weighted = working.FindAll(endpoint => endpoint.Weight > 0);
        var choices = weighted.Count > 0 ? weighted : working;
        if (_current is { } current && now < _stayUntil && choices.Contains(current))
            return current;
        _current = Draw(choices);
        _stayUntil = now + _options.EndpointStay;
        return _current;
    }

    /// <summary>How long until one of them may be tried again.</summary>
    public TimeSpan UntilNext()
    {
        var pause = _endpoints.Min(endpoint => endpoint.Health.HeldUntil) - Now;
        return pause > TimeSpan.Zero ? pause : TimeSpan.Zero;
    }

    public static void Worked(Endpoint endpoint) => endpoint.Health.Failures = 0;

    /// <summary>Leaves an endpoint alone for a while.</summary>
    /// <param name="endpoint">The one that failed.</param>
    /// <param name="pauseMin">The first pause; it doubles with each failure in a row.</param>
    /// <param name="asked">What the endpoint asked for; null for nothing.</param>
    public void Failed(Endpoint endpoint, TimeSpan pauseMin, TimeSpan? asked)
    {
        // Trackers that failed together must not come back together: half of a pause of our own to the whole, and up to a
        // quarter more than what was asked for.
        var ticks = asked is { } wish && wish > pauseMin
            ? wish.Ticks * (1 + (0.25 * _random.NextDouble()))
            : pauseMin.Ticks * Math.Pow(2, endpoint.Health.Failures) * (0.5 + (0.5 * _random.NextDouble()));
        endpoint.Health.Failures++;
        endpoint.Health.HeldUntil = Now + TimeSpan.FromTicks((long)Math.Min(ticks, _options.RetryPauseMax.Ticks));
    }

    private Endpoint? Draw(List<Endpoint> choices)
    {
        if (choices.Count == 0)
            return null;
        // Those that stand by have no weight, and are alike.
        var point = _random.NextDouble() * choices.Sum(choice => Math.Max(1, choice.Weight));
        foreach (var choice in choices)
        {
            point -= Math.Max(1, choice.Weight);
            if (point < 0)
                return choice;
        }
        return choices[choices.Count - 1];
    }

    /// <summary>An endpoint with what is known of it.</summary>
    internal sealed class Endpoint(TrackerEndpoint endpoint, EndpointHealth health)
    {
        public Uri Url { get; } = endpoint.Url;

        public int Weight { get; } = endpoint.Weight;

        public EndpointHealth Health { get; } = health;
    }

    internal sealed class EndpointHealth
    {
        /// <summary>Failures in a row.</summary>
        public int Failures { get; set; }

        public TimeSpan HeldUntil { get; set; }
    }
}

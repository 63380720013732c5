namespace Ingest.Regions;

/// <summary>For how long something has held without a break.</summary>
internal struct Streak
{
    private TimeSpan? _since;

    /// <summary>Takes note of whether it holds now.</summary>
    public void Observe(TimeSpan at, bool holds) => _since = holds ? _since ?? at : null;

    /// <summary>Whether it has held for so long.</summary>
    public readonly bool IsAsLongAs(TimeSpan at, TimeSpan time) => _since is { } since && at - since >= time;

    /// <summary>Forgets what was seen.</summary>
    public void Break() => _since = null;
}

namespace Ingest.Engine;

/// <summary>The relay objects of a lake as one listing found them: all are counted, the oldest that do not rest are held.</summary>
internal sealed class RelayBacklog
{
    private static readonly Comparer<RelayObject> OldestFirst = Comparer<RelayObject>.Create((a, b) =>
        a.Hour != b.Hour ? a.Hour.CompareTo(b.Hour) : string.CompareOrdinal(a.Key, b.Key));

    private readonly SortedSet<RelayObject> _window = new(OldestFirst);
    private readonly Dictionary<string, (long Length, string Sha256)> _shipped = new(StringComparer.Ordinal);

    /// <summary>Objects in the lake.</summary>
    public long Objects { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The hour of the oldest, those at rest included; null when there is none.</summary>
    public LakeHour? OldestHour { get; private set; }

    /// <summary>The oldest ones that do not rest, by hour and key.</summary>
    public IReadOnlyCollection<RelayObject> Oldest => _window;

    /// <summary>Keys among the listed ones that rest.</summary>
    public HashSet<string> Resting { get; } = new(StringComparer.Ordinal);

    /// <summary>Lists the objects.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="rests">Which of them rest.</param>
    /// <param name="windowMax">Most that are held.</param>
    /// <param name="now">The present time.</param>
    /// <param name="cancellation">Stops the listing.</param>
    public static async Task<RelayBacklog> ListAsync(
        ILake lake, RelayRests rests, int windowMax, Instant now, CancellationToken cancellation)
    {
        var backlog = new RelayBacklog();
        await foreach (var entry in lake.ListAsync(LakeLayout.Relay + "/", cancellation))
        {
            if (LakeLayout.TryReadRelayKey(entry.Key, out var source, out var hour))
                backlog.Add(new RelayObject(entry.Key, source, hour, entry.Length), rests, windowMax, now);
        }

        return backlog;
    }

    /// <summary>Reads what the journal noted of the objects held, when they were shipped.</summary>
    public async Task ReadShippedAsync(IJournal journal, CancellationToken cancellation)
    {
        if (_window.Count == 0)
            return;
        var keys = _window.Select(found => found.Key).ToHashSet(StringComparer.Ordinal);
        await foreach (var shipped in journal.ReadShippedAsync(_window.Min.Hour, cancellation))
        {
            if (keys.Contains(shipped.Object.Key))
                _shipped[shipped.Object.Key] = (shipped.Object.Length, shipped.Object.Sha256);
        }
    }

    /// <summary>Length and SHA-256 of an object by the journal; null where it does not know it.</summary>
    public (long Length, string Sha256)? ShippedOf(RelayObject found) =>
        _shipped.TryGetValue(found.Key, out var shipped) ? shipped : null;

    /// <summary>An object has left the lake.</summary>
    public void Remove(RelayObject found)
    {
        if (!_window.Remove(found))
            return;
        Objects--;
        Bytes -= found.Length;
        if (Resting.Count == 0)
            OldestHour = _window.Count > 0 ? _window.Min.Hour : null;
    }

    /// <summary>An object is left alone from now on.</summary>
    public void Rest(RelayObject found)
    {
        if (_window.Remove(found))
            Resting.Add(found.Key);
    }

    /// <summary>All objects of a source are left alone from now on.</summary>
    public void RestSource(string source)
    {
        foreach (var found in _window.Where(found => found.Source == source).ToList())
            Rest(found);
    }

    private void Add(RelayObject found, RelayRests rests, int windowMax, Instant now)
    {
        Objects++;
        Bytes += found.Length;
        if (!(found.Hour >= OldestHour))
            OldestHour = found.Hour;
        if (rests.Knows(found.Key))
            Resting.Add(found.Key);
        if (rests.Holds(found, now))
            return;
        _window.Add(found);
        if (_window.Count > windowMax)
            _window.Remove(_window.Max);
    }
}

/// <summary>A relay object in the lake.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Source">The source of its events.</param>
/// <param name="Hour">The hour of receipt of its events.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct RelayObject(string Key, string Source, LakeHour Hour, long Length);

namespace Ingest.Engine;

/// <summary>The relay objects of a lake as one listing found them: all are counted, the oldest are held.</summary>
internal sealed class RelayBacklog
{
    private static readonly Comparer<RelayObject> OldestFirst = Comparer<RelayObject>.Create((a, b) =>
        a.Hour != b.Hour ? a.Hour.CompareTo(b.Hour) : string.CompareOrdinal(a.Key, b.Key));

    private readonly SortedSet<RelayObject> _window = new(OldestFirst);

    /// <summary>Objects in the lake.</summary>
    public long Objects { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The oldest ones, by hour and key.</summary>
    public IReadOnlyCollection<RelayObject> Oldest => _window;

    public static async Task<RelayBacklog> ListAsync(ILake lake, int windowMax, CancellationToken cancellation)
    {
        var backlog = new RelayBacklog();
        await foreach (var entry in lake.ListAsync(LakeLayout.Relay + "/", cancellation))
        {
            if (!LakeLayout.TryReadKey(entry.Key, out var hour, out _))
                continue;
            backlog.Objects++;
            backlog.Bytes += entry.Length;
            backlog._window.Add(new RelayObject(entry.Key, hour, entry.Length));
            if (backlog._window.Count > windowMax)
                backlog._window.Remove(backlog._window.Max);
        }

        return backlog;
    }

    public void Remove(RelayObject found)
    {
        if (!_window.Remove(found))
            return;
        Objects--;
        Bytes -= found.Length;
    }
}

/// <summary>A relay object in the lake.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Hour">The hour of receipt of its events.</param>
/// <param name="Length">Its length in bytes.</param>
internal readonly record struct RelayObject(string Key, LakeHour Hour, long Length);

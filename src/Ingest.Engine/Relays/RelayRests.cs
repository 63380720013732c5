namespace Ingest.Engine;

/// <summary>
/// Objects, and sources as a whole, that are left alone for a while: longer each time, and with what is known of their
/// delivery, so that nothing is sent twice for it.
/// </summary>
internal sealed class RelayRests(RelayLimits limits)
{
    private readonly Dictionary<string, Rest> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Rest> _sources = new(StringComparer.Ordinal);

    /// <summary>True while an object is to be left alone.</summary>
    public bool Holds(RelayObject found, Instant now) =>
        (_objects.TryGetValue(found.Key, out var rest) && rest.Until > now)
        || (_sources.TryGetValue(found.Source, out rest) && rest.Until > now);

    /// <summary>What is known of the delivery of an object that rested before; null where nothing is.</summary>
    public RelayDelivery? DeliveryOf(string key) => _objects.GetValueOrDefault(key)?.Delivery;

    public void Add(RelayObject found, string why, RelayDelivery? delivery, Instant now)
    {
        delivery?.DropBytes();
        _objects[found.Key] = Next(_objects.GetValueOrDefault(found.Key), why, delivery, now);
    }

    public void AddSource(string source, string why, Instant now) =>
        _sources[source] = Next(_sources.GetValueOrDefault(source), why, null, now);

    /// <summary>An object is done, and with it its source.</summary>
    public void Remove(RelayObject found)
    {
        _objects.Remove(found.Key);
        _sources.Remove(found.Source);
    }

    /// <summary>Forgets objects that are not in the lake any more.</summary>
    public void Keep(IReadOnlySet<string> keys)
    {
        foreach (var gone in _objects.Keys.Where(key => !keys.Contains(key)).ToList())
            _objects.Remove(gone);
    }

    /// <summary>True for an object that this remembers.</summary>
    public bool Knows(string key) => _objects.ContainsKey(key);

    /// <summary>What rests and why, one sentence each; at most <paramref name="max"/>.</summary>
    public IReadOnlyList<string> Describe(int max) =>
    [
        .. _sources.Select(rest => $"all objects of source {rest.Key}: {rest.Value.Why}").Order(StringComparer.Ordinal)
            .Concat(_objects.Select(rest => $"{rest.Key}: {rest.Value.Why}").Order(StringComparer.Ordinal))
            .Take(max),
    ];

    private Rest Next(Rest? last, string why, RelayDelivery? delivery, Instant now)
    {
        var times = (last?.Times ?? 0) + 1;
        return new Rest(now + Backoff.Ceiling(times, limits.RestMin, limits.RestMax), why, times, delivery);
    }

    private sealed record Rest(Instant Until, string Why, int Times, RelayDelivery? Delivery);
}

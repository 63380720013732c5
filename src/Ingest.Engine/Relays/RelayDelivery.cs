namespace Ingest.Engine;

/// <summary>What this process knows of the delivery of one object: that it is whole, and how far it is.</summary>
internal sealed class RelayDelivery
{
    private IRelayLink? _to;

    /// <summary>The object, read to its end and found whole; null before.</summary>
    public RelayContent? Content { get; set; }

    /// <summary>Its bytes, where it is small enough to be held between the two readings.</summary>
    public byte[]? Bytes { get; set; }

    /// <summary>The region that answered; null before the first answer, or where it does not say.</summary>
    public string? Region { get; private set; }

    /// <summary>Lines from its beginning that were confirmed.</summary>
    public long ConfirmedLines { get; private set; }

    /// <summary>What became of them.</summary>
    public DeliveredCounts Counts { get; private set; }

    /// <summary>True once the whole object is durable there.</summary>
    public bool IsDone => Content is { } content && ConfirmedLines == content.Lines;

    /// <summary>Begins anew where it goes somewhere else now: what the one before has of it, this one has not.</summary>
    public void Bind(IRelayLink to)
    {
        if (ReferenceEquals(_to, to))
            return;
        Restart();
        _to = to;
    }

    /// <summary>Takes note of who answered.</summary>
    /// <returns>False where it was another region before: then it begins anew.</returns>
    public bool TryAnswered(string? region)
    {
        if (region is not null && Region is not null && region != Region)
        {
            Restart();
            return false;
        }

        Region ??= region;
        return true;
    }

    public void Confirm(long lines, DeliveredCounts counts)
    {
        ConfirmedLines = lines;
        Counts += counts;
    }

    public void DropBytes() => Bytes = null;

    private void Restart() => (Region, ConfirmedLines, Counts) = (null, 0, default);
}

/// <summary>What a whole object holds.</summary>
internal sealed record RelayContent(long Length, long Lines, string Sha256);

/// <summary>Events that were delivered, by what became of them.</summary>
internal readonly record struct DeliveredCounts(long Accepted, long Quarantined, long Duplicates)
{
    public static DeliveredCounts operator +(in DeliveredCounts a, in DeliveredCounts b) =>
        new(a.Accepted + b.Accepted, a.Quarantined + b.Quarantined, a.Duplicates + b.Duplicates);
}

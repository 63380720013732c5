namespace Ingest.Engine;

/// <summary>How far the delivery of one object is, as far as this process knows.</summary>
internal sealed class RelayDelivery(string key, IRelayLink to)
{
    /// <summary>Which object.</summary>
    public string Key => key;

    /// <summary>Who confirmed its lines.</summary>
    public IRelayLink To => to;

    /// <summary>Lines from its beginning that the primary has confirmed.</summary>
    public long ConfirmedLines { get; private set; }

    /// <summary>What became of them.</summary>
    public DeliveredCounts Counts { get; private set; }

    /// <summary>Length of the object, once all of it is confirmed.</summary>
    public long Bytes { get; private set; }

    /// <summary>SHA-256 of its bytes, once all of it is confirmed.</summary>
    public string Sha256 { get; private set; } = "";

    public void Confirm(long lines, DeliveredCounts counts)
    {
        ConfirmedLines = lines;
        Counts += counts;
    }

    public void Finish(long bytes, long lines, string sha256)
    {
        if (lines == 0)
            throw new InvalidDataException("there is no line in it");
        (Bytes, ConfirmedLines, Sha256) = (bytes, lines, sha256);
    }
}

/// <summary>Events that were delivered, by what became of them.</summary>
internal readonly record struct DeliveredCounts(long Accepted, long Quarantined, long Duplicates)
{
    public static DeliveredCounts operator +(in DeliveredCounts a, in DeliveredCounts b) =>
        new(a.Accepted + b.Accepted, a.Quarantined + b.Quarantined, a.Duplicates + b.Duplicates);
}

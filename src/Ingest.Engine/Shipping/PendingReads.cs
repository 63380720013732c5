namespace Ingest.Engine;

/// <summary>
/// When a shipper reads what is pending in the journal: one read at a time, with pauses after failures.
/// </summary>
/// <remarks>Times are those of an <see cref="ElapsedClock"/>.</remarks>
internal sealed class PendingReads(Limits limits, Random random)
{
    private List<Shipment>? _asked;
    private int _limit;
    private int _failuresInARow;

    /// <summary>The journal may hold pending batches that are not in hand. True at the start.</summary>
    public bool ExpectsMore { get; private set; } = true;

    /// <summary>No read before this time.</summary>
    public TimeSpan NotBefore { get; private set; }

    public bool MayStart(TimeSpan time) => _asked is null && time >= NotBefore;

    public void Expect() => ExpectsMore = true;

    /// <summary>Starts a read for <paramref name="room"/> more batches, and for those set aside that are due.</summary>
    public ShipStep.Refill Start(IEnumerable<Shipment> hand, int room, TimeSpan time)
    {
        _asked = [];
        var without = new HashSet<BatchId>();
        foreach (var shipment in hand)
        {
            if (shipment.IsDueToAsk(time))
                _asked.Add(shipment);
            else
                without.Add(shipment.Batch.Id);
        }

        ExpectsMore = false;
        _limit = Math.Max(room, 0) + _asked.Count;
        return new ShipStep.Refill(_limit, without);
    }

    /// <summary>A read ended well.</summary>
    /// <returns>The batches set aside that it asked about.</returns>
    public IReadOnlyCollection<Shipment> End(IReadOnlyList<Batch> pending)
    {
        var asked = Take();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pending.Count, _limit, nameof(pending));
        ExpectsMore |= pending.Count == _limit;
        _failuresInARow = 0;
        return asked;
    }

    /// <summary>A read failed.</summary>
    public void Fail(TimeSpan time)
    {
        Take();
        ExpectsMore = true;
        _failuresInARow++;
        var ceiling = Backoff.Ceiling(_failuresInARow, limits.RetryPauseMin, limits.RetryPauseMax);
        NotBefore = time + Backoff.HalfJitter(ceiling, random);
    }

    private List<Shipment> Take()
    {
        var asked = _asked ?? throw new InvalidOperationException("No refill is under way.");
        _asked = null;
        return asked;
    }
}

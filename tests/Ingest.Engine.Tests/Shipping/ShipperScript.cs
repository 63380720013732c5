namespace Ingest.Engine.Tests;

/// <summary>A shipper driven by hand: a virtual clock, and short words for what a host does.</summary>
internal sealed class ShipperScript
{
    public static readonly Instant Start = Instant.From(new DateTimeOffset(2026, 11, 21, 20, 0, 0, TimeSpan.Zero));

    private readonly Shipper _shipper;

    public ShipperScript(Limits limits, int seed = 1)
    {
        Limits = limits;
        _shipper = new Shipper(limits, new Random(seed));
    }

    public Limits Limits { get; }

    public Instant Now { get; set; } = Start;

    public ShipperStatus Status => _shipper.Status();

    /// <summary>The nth batch, n seconds after the start; each in a partition of its own.</summary>
    public static Batch BatchOf(int n) => new(
        new PartitionId("web", n), LakeStream.Good, Start.Hour, FromSeq: 1, ToSeq: 1, Blocks: 1, Events: 1, LineBytes: 10,
        BodyBytes: 10, Start + TimeSpan.FromSeconds(n), SealReason.Age);

    public static ShippedObject ObjectOf(Batch batch) => new(
        LakeLayout.KeyOf(batch, "aaaaaaaa"), batch.BodyBytes, new string('0', 64), Start);

    public ShipStep Next() => _shipper.Next(Now);

    public void Notice() => _shipper.Notice();

    /// <summary>The next step must be a refill; the journal returns these batches.</summary>
    public ShipStep.Refill Refill(params int[] batches)
    {
        var refill = Assert.IsType<ShipStep.Refill>(Next());
        Offer(batches);
        return refill;
    }

    public void Offer(params int[] batches) => _shipper.Offer([.. batches.Select(BatchOf)]);

    public void OfferFailed() => _shipper.OfferFailed("journal down", Now);

    /// <summary>All that starts now, as batch numbers.</summary>
    public IReadOnlyList<int> Started()
    {
        var started = new List<int>();
        while (Next() is ShipStep.Ship ship)
            started.Add(ship.Batch.Partition.Number);
        return started;
    }

    public void End(int batch, ShipOutcome outcome)
    {
        var isStored = outcome is ShipOutcome.Confirmed or ShipOutcome.NotConfirmed;
        _shipper.Ended(
            BatchOf(batch), new ShipResult(outcome, isStored ? ObjectOf(BatchOf(batch)) : null, $"{outcome}!"), Now);
    }

    /// <summary>The next step must be a wait; sleeps it through.</summary>
    public TimeSpan Sleep()
    {
        var wait = Assert.IsType<ShipStep.Wait>(Next());
        Now += wait.Pause;
        return wait.Pause;
    }

    /// <summary>Starts and fails batches, waiting where it must, until so many failures were reported.</summary>
    public void Fail(int times, ShipOutcome outcome)
    {
        while (times > 0)
        {
            if (Next() is ShipStep.Ship ship)
            {
                End(ship.Batch.Partition.Number, outcome);
                times--;
            }
            else
                Sleep();
        }
    }
}

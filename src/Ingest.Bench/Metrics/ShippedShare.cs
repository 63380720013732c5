namespace Ingest.Bench;

/// <summary>events that reached the lake meanwhile, for each one taken.</summary>
internal sealed class ShippedShare : Metric
{
    public override string Name => "shipped_share";

    public override string Unit => "events/event";

    public override string About => "events that reached the lake meanwhile, for each one taken";

    public override double? Of(Sample sample) => sample.PerEvent(seen => seen.ShippedEvents);
}

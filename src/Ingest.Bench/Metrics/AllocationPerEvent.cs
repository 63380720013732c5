namespace Ingest.Bench;

/// <summary>managed memory that was allocated.</summary>
internal sealed class AllocationPerEvent : Metric
{
    public override string Name => "allocated_bytes_per_event";

    public override string Unit => "bytes/event";

    public override string About => "managed memory that was allocated";

    public override double? Of(Sample sample) => sample.PerEvent(seen => seen.AllocatedBytes);
}

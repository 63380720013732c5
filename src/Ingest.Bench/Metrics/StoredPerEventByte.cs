namespace Ingest.Bench;

/// <summary>what the journal grew by, for each byte of the bodies.</summary>
internal sealed class StoredPerEventByte : Metric
{
    public override string Name => "journal_bytes_per_event_byte";

    public override string Unit => "bytes/byte";

    public override string About => "what the journal grew by, for each byte of the bodies";

    public override double? Of(Sample sample) => sample.PerEventByte(seen => seen.StoredBytes);
}

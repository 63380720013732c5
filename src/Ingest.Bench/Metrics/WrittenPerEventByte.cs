namespace Ingest.Bench;

/// <summary>what the processes wrote to disks, for each byte of the bodies.</summary>
internal sealed class WrittenPerEventByte : Metric
{
    public override string Name => "written_bytes_per_event_byte";

    public override string Unit => "bytes/byte";

    public override string About => "what the processes wrote to disks, for each byte of the bodies";

    public override double? Of(Sample sample) => sample.PerEventByte(seen => seen.Use.WrittenBytes);
}

namespace Ingest.Bench;

/// <summary>processor time of the server's processes.</summary>
internal sealed class CpuPerEvent : Metric
{
    public override string Name => "cpu_us_per_event";

    public override string Unit => "microseconds/event";

    public override string About => "processor time of the server's processes";

    public override double? Of(Sample sample) => sample.PerEvent(seen => seen.Use.Cpu.TotalMicroseconds);
}

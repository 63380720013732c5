namespace Ingest.Bench;

/// <summary>events answered with success.</summary>
internal sealed class Throughput : Metric
{
    public override string Name => MetricNames.EventsPerSecond;

    public override string Unit => "events/s";

    public override string About => "events answered with success";

    public override double? Of(Sample sample) => sample.Load.EventsPerSecond;
}

namespace Ingest.Bench;

/// <summary>from the start of the process until it was ready.</summary>
internal sealed class StartToReady : Metric
{
    public override string Name => "start_to_ready_ms";

    public override string Unit => "ms";

    public override string About => "from the start of the process until it was ready";

    public override double? Of(Sample sample) => sample.StartToReady.TotalMilliseconds;
}

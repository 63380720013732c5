namespace Ingest.Bench;

/// <summary>pauses of the garbage collector.</summary>
internal sealed class PausesPerSecond : Metric
{
    public override string Name => "gc_pause_ms_per_s";

    public override string Unit => "ms/s";

    public override string About => "pauses of the garbage collector";

    public override double? Of(Sample sample) => sample.Difference(seen => seen.PauseMilliseconds) / sample.Load.Seconds;
}

namespace Ingest.Bench;

/// <summary>requests answered otherwise, or not at all, in all loads of the trial.</summary>
internal sealed class Failures : Metric
{
    public override string Name => "failures";

    public override string Unit => "requests";

    public override string About => "requests answered otherwise, or not at all, in all loads of the trial";

    public override double? Of(Sample sample) => sample.Load.Failures + (sample.HalfLoad?.Failures ?? 0) + (sample.BeforeSpike?.Failures ?? 0) + (sample.AfterSpike?.Failures ?? 0);
}

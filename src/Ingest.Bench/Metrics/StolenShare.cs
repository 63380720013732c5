namespace Ingest.Bench;

/// <summary>the machine's time that its hypervisor gave to others.</summary>
internal sealed class StolenShare : Metric
{
    public override string Name => "stolen_share";

    public override string Unit => "of the machine's time";

    public override string About => "time that the hypervisor gave to others; above a few percent the trial says more of them";

    public override double? Of(Sample sample) =>
        sample.Difference(seen => seen.Machine?.Stolen) / sample.Difference(seen => seen.Machine?.All);
}

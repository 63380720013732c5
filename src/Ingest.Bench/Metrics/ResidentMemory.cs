namespace Ingest.Bench;

/// <summary>resident memory right after the load.</summary>
internal sealed class ResidentMemory : Metric
{
    public override string Name => "resident_bytes";

    public override string Unit => "bytes";

    public override string About => "resident memory right after the load";

    public override double? Of(Sample sample) => sample.After.Use.ResidentBytes;
}

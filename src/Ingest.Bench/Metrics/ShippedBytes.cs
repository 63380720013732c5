namespace Ingest.Bench;

/// <summary>what the lake grew by.</summary>
internal sealed class ShippedBytes : Metric
{
    public override string Name => "shipped_bytes_per_s";

    public override string Unit => "bytes/s";

    public override string About => "what the lake grew by";

    public override double? Of(Sample sample) => sample.Difference(seen => seen.LakeBytes) / sample.Load.Seconds;
}

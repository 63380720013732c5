namespace Ingest.Bench;

/// <summary>Time to the answer in one load of a trial.</summary>
/// <param name="prefix">Which load, in the name.</param>
/// <param name="of">That load.</param>
/// <param name="is99">The 99th percentile; else the median.</param>
/// <param name="about">Which load, for people.</param>
internal sealed class Latency(string prefix, Func<Sample, LoadResult?> of, bool is99, string about) : Metric
{
    public override string Name => prefix + (is99 ? MetricNames.P99 : MetricNames.P50);

    public override string Unit => "ms";

    public override string About => $"{(is99 ? "99th percentile" : "median")} of the time to the answer {about}";

    public override double? Of(Sample sample) => is99 ? of(sample)?.P99 : of(sample)?.P50;
}

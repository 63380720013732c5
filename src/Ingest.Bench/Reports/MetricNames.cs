namespace Ingest.Bench;

/// <summary>Names of figures that several benchmarks have.</summary>
internal static class MetricNames
{
    public const string EventsPerSecond = "events_per_s";
    public const string P50 = "p50_ms";
    public const string P99 = "p99_ms";
}

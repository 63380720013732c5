namespace Ingest.Bench;

/// <summary>All figures of a trial, in the order of reports.</summary>
internal static class MetricCatalogue
{
    public static IReadOnlyList<Metric> All { get; } =
    [
        new Throughput(),
        new Latency("", sample => sample.Load, is99: false, "under the load"),
        new Latency("", sample => sample.Load, is99: true, "under the load"),
        new Latency("half_load_", sample => sample.HalfLoad, is99: false, "at half of the subject's own rate"),
        new Latency("half_load_", sample => sample.HalfLoad, is99: true, "at half of the subject's own rate"),
        new Latency("before_spike_", sample => sample.BeforeSpike, is99: true, "at the base rate before the spike"),
        new Latency("after_spike_", sample => sample.AfterSpike, is99: true, "at the base rate after the spike"),
        new CpuPerEvent(),
        new StolenShare(),
        new AllocationPerEvent(),
        new PausesPerSecond(),
        new ResidentMemory(),
        new StoredPerEventByte(),
        new WrittenPerEventByte(),
        new ShippedShare(),
        new ShippedBytes(),
        new StartToReady(),
        new Failures(),
    ];
}

namespace Ingest.Bench;

/// <summary>All workloads.</summary>
public static class WorkloadCatalogue
{
    public static IReadOnlyList<Workload> All { get; } =
        [new SingleEvents(), new BatchedEvents(), new UnvalidatedEvents(), new ValidatedEvents(), new TrackerPayloads(), new ManySources(), new Spike()];

    public static Workload? Find(string name) =>
        All.FirstOrDefault(workload => string.Equals(workload.Name, name, StringComparison.OrdinalIgnoreCase));
}

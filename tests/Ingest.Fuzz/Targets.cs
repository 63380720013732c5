namespace Ingest.Fuzz;

/// <summary>Everything that is fuzzed.</summary>
internal static class Targets
{
    /// <summary>How long one input may take on a machine that is busy with other things, too.</summary>
    public static readonly TimeSpan InputTimeout = TimeSpan.FromSeconds(60);

    /// <param name="fault">A mistake made on purpose.</param>
    public static IReadOnlyList<ITarget> All(PlantedFault fault) =>
    [
        new RequestTarget("json", 6, PlainJsonRequests.Make, fault),
        new RequestTarget("tracker", 6, TrackerRequests.Post, fault),
        new RequestTarget("query", 2, TrackerRequests.Get, fault),
        new RequestTarget("gzip", 1, HttpRequests.Compressed, fault),
        new RequestTarget("http", 2, HttpRequests.Odd, fault),
        new CodecTarget(fault),
        new SchemaTarget(fault),
    ];

    /// <summary>The target of this name; null where there is none.</summary>
    public static ITarget? Find(string name, PlantedFault? fault = null) =>
        All(fault ?? PlantedFault.None).FirstOrDefault(target => target.Name == name);
}

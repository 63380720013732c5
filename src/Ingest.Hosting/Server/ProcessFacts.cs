using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>What the runtime says of this process.</summary>
internal static class ProcessFacts
{
    public static ProcessReport Read() => new(
        Environment.WorkingSet,
        Environment.CpuUsage.TotalTime.TotalMilliseconds,
        GC.GetTotalAllocatedBytes(),
        GC.GetTotalPauseDuration().TotalMilliseconds,
        GC.CollectionCount(0));
}

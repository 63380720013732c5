namespace Ingest.Engine;

/// <summary>What one process has taken since its start; differences of two reports say what happened in between.</summary>
/// <param name="ResidentBytes">Its resident memory now.</param>
/// <param name="CpuMilliseconds">Processor time, of all threads.</param>
/// <param name="AllocatedBytes">Managed memory that was allocated, also what was collected since. Up to some KiB a thread are counted late.</param>
/// <param name="GcPauseMilliseconds">How long the garbage collector stopped everything.</param>
/// <param name="GcCollections">How often it ran.</param>
public sealed record ProcessReport(
    long ResidentBytes, double CpuMilliseconds, long AllocatedBytes, double GcPauseMilliseconds, long GcCollections);

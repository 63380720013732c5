namespace Ingest.Bench;

/// <summary>The product while it runs: its status says most of what is to be known.</summary>
internal sealed class IngestServer(
    ServerProcess process, AdminPage admin, Target target, TimeSpan startToReady, string lake) : IRunningSubject
{
    public Target Target => target;

    public TimeSpan StartToReady => startToReady;

    public async Task<Observation> ObserveAsync()
    {
        var report = await admin.ReadStatusAsync();
        return new Observation(process.Use, report.Journal.StorageBytes)
        {
            Machine = MachineTime.Read(),
            AllocatedBytes = report.Process?.AllocatedBytes,
            PauseMilliseconds = report.Process?.GcPauseMilliseconds,
            ShippedEvents = report.Sources.Sum(source => source.Shipped),
            LakeBytes = Programs.BytesOf(lake),
            BacklogEvents = report.Journal.Unsealed + report.Journal.Pending,
            UnexpectedEvents = report.Sources.Sum(source => source.Quarantined + source.Duplicates),
        };
    }

    public async ValueTask DisposeAsync()
    {
        admin.Dispose();
        await process.DisposeAsync();
    }
}

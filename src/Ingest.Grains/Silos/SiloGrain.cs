namespace Ingest.Grains;

/// <summary>Speaks for the silo that it lives on.</summary>
[GrainType("ingest.silo"), NamedSiloPlacement]
public sealed class SiloGrain(SiloServices silo) : Grain, ISiloGrain
{
    public Task<SiloState> ReportAsync()
    {
        var canStore = silo.Health.CanStore(out var why);
        return Task.FromResult(new SiloState(
            silo.Roles,
            canStore ? null : why,
            silo.Partitions.Count,
            silo.Partitions.IdCount,
            silo.Health.IsStopping,
            silo.Spill is { } spill ? SpillState.Of(spill.Report) : null));
    }
}

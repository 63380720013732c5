using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Ingest.Grains.Tests;

/// <summary>One silo of a <see cref="IngestCluster"/>: its own way in, its own handle of the shared journal.</summary>
internal sealed class TestSilo(InProcessSiloHandle handle)
{
    public InProcessSiloHandle Handle { get; } = handle;

    public string Name => Handle.Name;

    public SiloServices Services { get; } = handle.ServiceProvider.GetRequiredService<SiloServices>();

    public PartitionHost Partitions => Services.Partitions;

    public ScriptedJournal Journal => (ScriptedJournal)Services.Journal;

    public IGrainFactory Grains => Handle.ServiceProvider.GetRequiredService<IGrainFactory>();

    public IIntake Intake { get; } = handle.ServiceProvider.GetRequiredService<ClusterIntake>();

    /// <summary>Offers events with these ids as one request to this silo.</summary>
    public async Task<IntakeResult> SendAsync(string source, params IEnumerable<string> ids)
    {
        using var batch = TestEvents.Batch(ids);
        return await Intake.AcceptAsync(source, batch);
    }
}

using Ingest.Engine;
using Ingest.Hosting;
using Ingest.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.TestingHost;

namespace Ingest.Grains.Tests;

/// <summary>One silo of a <see cref="IngestCluster"/>: its own way in, its own handle of the shared journal.</summary>
internal sealed class TestSilo(InProcessSiloHandle handle)
{
    private int _inFlight;

    public InProcessSiloHandle Handle { get; } = handle;

    public string Name => Handle.Name;

    /// <summary>False once it was killed.</summary>
    public bool IsAlive { get; set; } = true;

    /// <summary>Requests under way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    public SiloServices Services { get; } = handle.ServiceProvider.GetRequiredService<SiloServices>();

    public PartitionCountsCache Counts { get; } = handle.ServiceProvider.GetRequiredService<PartitionCountsCache>();

    public PartitionHost Partitions => Services.Partitions;

    public ScriptedJournal Journal => (ScriptedJournal)Services.Journal;

    public IGrainFactory Grains => Handle.ServiceProvider.GetRequiredService<IGrainFactory>();

    public IIntake Intake { get; } = handle.ServiceProvider.GetRequiredService<ClusterIntake>();

    /// <summary>Offers events with these ids as one request to this silo.</summary>
    public async Task<IntakeResult> SendAsync(string source, params IEnumerable<string> ids)
    {
        using var batch = TestEvents.Batch(ids);
        Interlocked.Increment(ref _inFlight);
        try
        {
            return await Intake.AcceptAsync(source, batch);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}

using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Node;

namespace Ingest.Simulation;

/// <summary>The single process.</summary>
internal sealed class SimNode : Host
{
    private readonly World _world;
    private readonly SourceCatalogue _sources;
    private readonly NodeHost _node;

    public SimNode(World world, string name)
        : base(world, name)
    {
        _world = world;
        _sources = new SourceCatalogue(world.SourceSet());
        _node = new NodeHost(Journal, Lake, _sources, world.Plan.Limits, world.Plan.Options, Process.Clock, Log, Process.Work);
    }

    public override StorageHealth Health => _node.Health;

    public override PartitionHost Partitions => _node.Partitions;

    protected override IIntake Intake => _node.Intake;

    public override async Task StartAsync()
    {
        while (true)
        {
            try
            {
                await _node.StartAsync(CancellationToken.None);
                Relaying?.Start();
                IsServing = true;
                return;
            }
            catch (JournalUnavailableException)
            {
                // As a supervisor does.
                await Task.Delay(TimeSpan.FromSeconds(1), Process.Clock);
            }
        }
    }

    public override async Task StopAsync()
    {
        Health.Stopping();
        IsServing = false;
        for (var waits = 0; Gate.Requests > 0 && waits < 50; waits++)
            await Task.Delay(TimeSpan.FromMilliseconds(100), Process.Clock);
        await _node.DrainAsync(TimeSpan.FromSeconds(5));
    }

    public override void Reload() => _sources.Replace(_world.SourceSet());

    public override async Task<IReadOnlyList<ShipperStatus>> ShippersAsync() => [await _node.ShipperStatusAsync()];
}

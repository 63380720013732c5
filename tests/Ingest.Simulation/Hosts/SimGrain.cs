using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>An activation of a partition in a silo, as the grain of the cluster runtime is one.</summary>
internal sealed class SimGrain
{
    private readonly World _world;
    private readonly SimSilo _silo;
    private readonly PartitionId _id;

    public SimGrain(World world, SimSilo silo, PartitionId id)
    {
        (_world, _silo, _id) = (world, silo, id);
        Actor = silo.Partitions.Attach(id, onRetired: () => silo.Process.Post(() => silo.Process.Start(LeaveAsync)));
    }

    public PartitionActor Actor { get; }

    public bool IsLeaving { get; private set; }

    /// <summary>Hands the partition over.</summary>
    public async Task LeaveAsync()
    {
        if (IsLeaving)
            return;
        IsLeaving = true;
        try
        {
            await Actor.LeaveAsync().WaitAsync(_world.Plan.Options.MoveTimeout, _silo.Process.Clock);
        }
        catch (TimeoutException)
        {
            Actor.Abandon();
        }

        _silo.Left(_id, this);
    }
}

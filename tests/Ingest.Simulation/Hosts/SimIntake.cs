using Ingest.Engine;
using Ingest.Hosting;

namespace Ingest.Simulation;

/// <summary>The way in of a silo: to a partition here, or by a call to the silo that has it.</summary>
internal sealed class SimIntake(SimSilo silo, World world)
    : RoutingIntake(silo.Partitions.Surroundings.ValidatorOf, world.Plan.Options, silo.Process.Clock, silo.Process.Work)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);

    // Where partitions were last found. A silo that was declared dead goes on with this.
    private readonly Dictionary<PartitionId, SimSilo> _known = [];

    protected override ValueTask<int> CountAsync(string source) => ValueTask.FromResult(silo.CountOf(source));

    protected override void Learn(string source, int count) => silo.Learn(source, count);

    protected override ValueTask<IntakeResult> OfferAsync(PartitionId id, EventBatch batch, int count) =>
        silo.Partitions.TryOffer(id, batch, count, out var result) ? result : CallAsync(id, batch, count);

    private async ValueTask<IntakeResult> CallAsync(PartitionId id, EventBatch batch, int count)
    {
        try
        {
            if (!_known.TryGetValue(id, out var target))
            {
                if (silo.IsEvicted)
                    throw new NetworkException("the directory cannot be asked");
                _known[id] = target = world.Directory.Locate(id);
            }

            var bytes = SimSilo.Encode(batch);
            return await world.Network.CallAsync(silo.Process, target.Process, () => target.OfferAsync(id, bytes, count))
                .WaitAsync(CallTimeout, silo.Process.Clock);
        }
        catch (Exception exception) when (exception is NetworkException or TimeoutException)
        {
            _known.Remove(id);
            return IntakeResult.Moved("the partition cannot be reached");
        }
    }
}

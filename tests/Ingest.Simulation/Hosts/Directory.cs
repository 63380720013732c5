using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// Who hosts what in the cluster, as the membership sees it: one silo a partition, one a lane. A silo that was declared
/// dead may live on and know nothing of it.
/// </summary>
internal sealed class Directory(World world)
{
    private readonly Dictionary<PartitionId, SimSilo> _partitions = [];
    private readonly SimSilo?[] _lanes = new SimSilo?[world.Plan.Lanes];

    /// <summary>Silos that count as alive.</summary>
    public List<SimSilo> Members { get; } = [];

    /// <summary>The silo of a partition; chosen where there is none.</summary>
    public SimSilo Locate(PartitionId id)
    {
        if (_partitions.TryGetValue(id, out var silo))
            return silo;
        if (Members.Count == 0)
            throw new NetworkException("no silo is alive");
        return _partitions[id] = world.Simulation.Chance.OfList(Members);
    }

    public bool IsAt(PartitionId id, SimSilo silo) => _partitions.GetValueOrDefault(id) == silo;

    /// <summary>A partition has left a silo.</summary>
    public void Remove(PartitionId id, SimSilo silo)
    {
        if (IsAt(id, silo))
            _partitions.Remove(id);
    }

    public SimSilo? OfLane(int lane) => _lanes[lane];

    /// <summary>Places a lane, where it is on no silo that is alive.</summary>
    public void EnsureLane(int lane)
    {
        if (_lanes[lane] is { } owner && Members.Contains(owner))
            return;
        if (Members.Count > 0)
            MoveLane(lane, world.Simulation.Chance.OfList(Members), keepsOld: false);
    }

    /// <summary>Places a lane anew.</summary>
    /// <param name="lane">Which.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="keepsOld">True where the one that had it goes on, too.</param>
    public void MoveLane(int lane, SimSilo to, bool keepsOld)
    {
        var from = _lanes[lane];
        _lanes[lane] = to;
        if (from == to)
            return;
        if (from is not null && !keepsOld)
            from.Process.Post(() => from.StopLane(lane));
        to.Process.Post(() => to.StartLane(lane));
    }

    /// <summary>Declares a silo dead: everything that it hosts may go elsewhere.</summary>
    public void Evict(SimSilo silo)
    {
        if (!Members.Remove(silo))
            return;
        silo.IsEvicted = true;
        world.Simulation.Note("directory", $"{silo.Process.Name} is declared dead");
        foreach (var id in _partitions.Where(entry => entry.Value == silo).Select(entry => entry.Key).ToList())
            _partitions.Remove(id);
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            if (_lanes[lane] == silo)
                _lanes[lane] = null;
        }
    }
}

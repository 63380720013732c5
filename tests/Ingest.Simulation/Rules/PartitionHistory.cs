using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>What the journal took of one partition, as the rules see it.</summary>
internal sealed class PartitionHistory
{
    private readonly Dictionary<(LakeHour Hour, LakeStream Stream), Totals> _totals = [];

    /// <summary>Seq that the next append must begin with.</summary>
    public long NextSeq { get; set; } = 1;

    /// <summary>Time of receipt of its newest line; of its parent's, where a split has just made it.</summary>
    public Instant Newest { get; set; }

    /// <summary>Every block ever stored, by seq.</summary>
    public SortedDictionary<long, StoredBlock> Blocks { get; } = [];

    public void Accepted(Block block) => Add(block.Hour, block.Stream, new Totals(block.Events, 0));

    public void Shipped(Batch batch) => Add(batch.Hour, batch.Stream, new Totals(0, batch.Events));

    /// <summary>Events accepted and shipped in an hour.</summary>
    public Totals Of(LakeHour hour, LakeStream stream) => _totals.GetValueOrDefault((hour, stream));

    /// <summary>Hours in which something was accepted.</summary>
    public IEnumerable<LakeHour> Hours => _totals.Keys.Select(key => key.Hour).Distinct();

    private void Add(LakeHour hour, LakeStream stream, Totals more)
    {
        var sum = Of(hour, stream);
        _totals[(hour, stream)] = new Totals(sum.Accepted + more.Accepted, sum.Shipped + more.Shipped);
    }

    public readonly record struct Totals(long Accepted, long Shipped);
}

/// <summary>A block that was stored.</summary>
internal sealed class StoredBlock(Block block, string text)
{
    public Block Block { get; } = block;

    /// <summary>Its lines.</summary>
    public string Text { get; } = text;

    /// <summary>The batch that it was sealed into.</summary>
    public Batch? Batch { get; set; }

    /// <summary>The lake confirmed that batch.</summary>
    public bool IsShipped { get; set; }
}

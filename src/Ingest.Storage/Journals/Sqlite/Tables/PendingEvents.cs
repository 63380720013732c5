using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Events of one hour that are stored and not confirmed.</summary>
internal readonly record struct PendingEvents(long Good, long Quarantined)
{
    /// <summary>Counts a partition's pending events from its blocks and batches themselves; hours without any are left out.</summary>
    public static SortedDictionary<LakeHour, PendingEvents> ByHour(JournalTables tables, PartitionHead head)
    {
        var pending = new SortedDictionary<LakeHour, PendingEvents>();
        foreach (var stored in tables.Blocks.ReadUnsealed(head, LakeStream.Good))
            Add(stored.Block.Hour, new PendingEvents(stored.Block.Events, 0));
        foreach (var stored in tables.Blocks.ReadUnsealed(head, LakeStream.Quarantine))
            Add(stored.Block.Hour, new PendingEvents(0, stored.Block.Events));
        foreach (var (_, batch, _, _, _) in tables.Batches.OfPartition(head.Key, tables.Partitions))
            Add(batch.Hour, batch.Stream == LakeStream.Good ? new PendingEvents(batch.Events, 0) : new PendingEvents(0, batch.Events));
        return pending;

        void Add(LakeHour hour, PendingEvents more)
        {
            var before = pending.GetValueOrDefault(hour);
            pending[hour] = new PendingEvents(before.Good + more.Good, before.Quarantined + more.Quarantined);
        }
    }
}

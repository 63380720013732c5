using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Brings a journal of version 4, in which heads, blocks and ids were clustered by partition, into order of arrival. Rows whose
/// checksums do not hold, or that do not add up to what the heads say, stop it: nothing is changed then. Bodies stay where they are.
/// </summary>
/// <remarks>One transaction, in which every block and every id is written anew: some 60 bytes a block and 16 an id.</remarks>
internal sealed class UpgradeToVersion5
{
    private readonly JournalTables _tables;
    private readonly Database _database;
    private readonly Dictionary<int, PartitionHead> _heads = [];
    private readonly Totals _totals;
    private readonly bool _hasSums;
    private long _nextPosition;

    private UpgradeToVersion5(JournalTables tables, in Totals totals, bool hasSums)
    {
        _tables = tables;
        _database = tables.Database;
        _totals = totals;
        _hasSums = hasSums;
        _nextPosition = totals.NextPosition;
    }

    /// <param name="tables">The tables; those of heads, blocks and ids must not have been used yet.</param>
    /// <param name="totals">The totals as they are stored.</param>
    /// <param name="hasSums">False for one that was brought to version 4 just now: there are no sums to compare with.</param>
    /// <returns>The first free position afterwards.</returns>
    /// <exception cref="JournalCorruptException">Something is not as it was written.</exception>
    public static long Run(JournalTables tables, in Totals totals, bool hasSums)
    {
        var upgrade = new UpgradeToVersion5(tables, totals, hasSums);
        upgrade._database.Execute(
            """
            ALTER TABLE partitions RENAME TO partitions_4;
            ALTER TABLE blocks RENAME TO blocks_4;
            ALTER TABLE ids RENAME TO ids_4;
            DROP INDEX blocks_by_received;
            ALTER TABLE batches RENAME COLUMN merged_position TO position;
            """ + Schema.ByArrival);
        var old = upgrade.ReadHeads();
        upgrade.CopyBlocks(old);
        upgrade.CopyIds(old);
        foreach (var head in upgrade._heads.Values.OrderBy(head => head.Key))
            tables.Partitions.Insert(head);
        upgrade.PointBatches();
        upgrade._database.Execute("DROP TABLE partitions_4; DROP TABLE blocks_4; DROP TABLE ids_4;");
        return upgrade._nextPosition;
    }

    private Dictionary<int, OldHead> ReadHeads()
    {
        var old = new Dictionary<int, OldHead>();
        using var statement = new Statement(
            _database,
            "SELECT id, source, number, next_seq, clock, ids_newest, ids_forgotten, good_first, good_blocks, good_events, " +
            "quarantine_first, quarantine_blocks, quarantine_events, partition_count, crc FROM partitions_4 ORDER BY id");
        using var rows = statement.Query();
        while (rows.Next())
        {
            var head = new OldHead(
                rows.Int32(0),
                new PartitionId(rows.Text(1), rows.Int32(2)),
                rows.Int64(3),
                new Instant(rows.Int64(4)),
                rows.Int64(5),
                rows.Int64(6),
                new OldRun(rows.Int64(7), rows.Int64(8), rows.Int64(9)),
                new OldRun(rows.Int64(10), rows.Int64(11), rows.Int64(12)),
                rows.Int32(13));
            if (rows.Int64(14) != head.Checksum())
                throw Damage.Row(_database.Path, "partitions", $"{head.Id} (id {head.Key})", "its checksum does not hold");

            old.Add(head.Key, head);
            _heads.Add(head.Key, new PartitionHead(
                head.Key, head.Id, head.NextSeq, head.Clock, head.PartitionCount, IdChain.Empty with { Forgotten = head.IdsForgotten }, default, default, null));
        }

        if (_hasSums)
            _tables.Totals.Expect("partitions", old.Values.Aggregate(default(RowSum), (sum, head) => sum.With(head.Checksum())), _totals.PartitionsSum);
        return old;
    }

    /// <summary>Copies blocks stream by stream, so that each gets the position of the one before it.</summary>
    private void CopyBlocks(Dictionary<int, OldHead> old)
    {
        using var statement = new Statement(
            _database,
            $"SELECT {BlockColumns.Names}, position, crc, partition FROM blocks_4 ORDER BY partition, stream, seq");
        using var rows = statement.Query();
        var (partition, stream, previous) = (0, LakeStream.Good, 0L);
        while (rows.Next())
        {
            var block = BlockColumns.Read(rows);
            if ((rows.Int32(9), block.Stream) != (partition, stream))
                (partition, stream, previous) = (rows.Int32(9), block.Stream, 0);
            var position = rows.Int64(7);
            if (rows.Int64(8) != OldBlockChecksum(partition, block, position) || !_heads.TryGetValue(partition, out var head))
                throw Damage.Row(_database.Path, "blocks", $"partition id {partition}, {stream}, seq {block.Seq}", "its checksum does not hold");

            _tables.Blocks.Insert(new StoredBlock(partition, block, position, previous));
            if (old[partition].Unsealed(stream) is { Blocks: > 0 } run && block.Seq >= run.First)
                _heads[partition] = head.With(stream, head.Unsealed(stream).Plus(block, position));
            previous = position;
        }

        foreach (var head in old.Values)
        {
            Require(head, LakeStream.Good);
            Require(head, LakeStream.Quarantine);
        }
    }

    private void Require(OldHead old, LakeStream stream)
    {
        var (written, found) = (old.Unsealed(stream), _heads[old.Key].Unsealed(stream));
        if ((found.Blocks, found.Events) != (written.Blocks, written.Events) || (written.Blocks > 0 && found.First != written.First))
        {
            throw Damage.Row(
                _database.Path,
                "blocks",
                $"partition {old.Id} (id {old.Key}), {stream}, from seq {written.First}",
                $"{found.Blocks} unsealed blocks with {found.Events} events are there, but {written.Blocks} with {written.Events} were written");
        }
    }

    /// <summary>Copies the runs of each partition, oldest first. What was forgotten was deleted, so that the first one may name one that is gone.</summary>
    private void CopyIds(Dictionary<int, OldHead> old)
    {
        using var statement = new Statement(_database, "SELECT partition, first_seq, previous, clock, crc, ids FROM ids_4 ORDER BY partition, first_seq");
        using var rows = statement.Query();
        while (rows.Next())
        {
            var (partition, firstSeq, previous, clock) = (rows.Int32(0), rows.Int64(1), rows.Int64(2), new Instant(rows.Int64(3)));
            var ids = rows.Blob(5);
            if (rows.Int64(4) != OldIdsChecksum(partition, firstSeq, previous, clock, ids) || !_heads.TryGetValue(partition, out var head))
                throw Damage.Row(_database.Path, "ids", $"partition id {partition}, first seq {firstSeq}", "its checksum does not hold");
            var chain = head.Ids;
            if (chain.Newest == 0 ? previous != 0 && previous >= chain.Forgotten : previous != chain.NewestSeq)
                throw Missing(head.Id, partition, previous);

            var position = _nextPosition++;
            _tables.Ids.Insert(new StoredIdRun(partition, position, new IdRun(firstSeq, clock, ids.ToArray()), chain.Newest, chain.NewestSeq));
            _heads[partition] = head with { Ids = chain with { Newest = position, NewestSeq = firstSeq } };
        }

        foreach (var head in old.Values)
        {
            var chain = _heads[head.Key].Ids;
            if (chain.Newest == 0 ? head.IdsNewest != 0 && head.IdsNewest >= head.IdsForgotten : chain.NewestSeq != head.IdsNewest)
                throw Missing(head.Id, head.Key, head.IdsNewest);
        }
    }

    /// <summary>A batch whose blocks' own bodies ship named none of them.</summary>
    private void PointBatches()
    {
        using var find = new Statement(_database, "SELECT position FROM blocks_4 WHERE partition=? AND stream=? AND seq=?");
        var batches = new List<PendingBatch>();
        var sum = _tables.Batches.ScanAll(_tables.Partitions, batches.Add, damage => throw damage);
        if (_hasSums)
            _tables.Totals.Expect("batches", sum, _totals.BatchesSum);
        foreach (var pending in batches.Where(pending => pending.MergedPieces == 0))
        {
            using var rows = find.Query(pending.Partition, (long)pending.Batch.Stream, pending.Batch.ToSeq);
            if (!rows.Next())
                throw Damage.Row(_database.Path, "blocks", $"{JournalMessages.Name(pending.Batch.Id)} (partition id {pending.Partition})", $"seq {pending.Batch.ToSeq} is missing");

            _tables.Batches.Delete(pending);
            _tables.Batches.Insert(pending with { Position = rows.Int64(0) });
        }
    }

    private JournalCorruptException Missing(PartitionId id, int key, long firstSeq) =>
        Damage.Row(_database.Path, "ids", $"partition {id} (id {key}), first seq {firstSeq}", "it is missing");

    private static uint OldBlockChecksum(int partition, in BlockInfo block, long position)
    {
        var crc = new Crc32C();
        crc.Add("blocks");
        crc.Add(partition);
        crc.AddBlock(block);
        crc.Add(position);
        return crc.Value;
    }

    private static uint OldIdsChecksum(int partition, long firstSeq, long previous, Instant clock, ReadOnlySpan<byte> ids)
    {
        var crc = new Crc32C();
        crc.Add("ids");
        crc.Add(partition);
        crc.Add(firstSeq);
        crc.Add(previous);
        crc.Add(clock.UnixMilliseconds);
        crc.Add(ids.Length);
        crc.Add(ids);
        return crc.Value;
    }

    private readonly record struct OldRun(long First, long Blocks, long Events);

    /// <summary>Fields as in <see cref="PartitionHead"/>, but that ids were named by their first seq, and blocks by their seq.</summary>
    private sealed record OldHead(
        int Key,
        PartitionId Id,
        long NextSeq,
        Instant Clock,
        long IdsNewest,
        long IdsForgotten,
        OldRun Good,
        OldRun Quarantine,
        int PartitionCount)
    {
        public OldRun Unsealed(LakeStream stream) => stream == LakeStream.Good ? Good : Quarantine;

        public uint Checksum()
        {
            var crc = new Crc32C();
            crc.Add("partitions");
            crc.Add(Key);
            crc.Add(Id.Source);
            crc.Add(Id.Number);
            crc.Add(NextSeq);
            crc.Add(Clock.UnixMilliseconds);
            crc.Add(IdsNewest);
            crc.Add(IdsForgotten);
            crc.Add(Good.First);
            crc.Add(Good.Blocks);
            crc.Add(Good.Events);
            crc.Add(Quarantine.First);
            crc.Add(Quarantine.Blocks);
            crc.Add(Quarantine.Events);
            if (PartitionCount != 0) // Rows of version 1 have none.
                crc.Add(PartitionCount);
            return crc.Value;
        }
    }
}

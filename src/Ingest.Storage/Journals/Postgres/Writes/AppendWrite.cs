using System.Runtime.InteropServices;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

internal sealed class AppendWrite : PostgresWrite
{
    private readonly Crc32C[] _bodyCrcs;

    /// <summary>Checksums the bodies on the caller's thread: it costs the commit nothing, and covers the wait in the queue.</summary>
    public AppendWrite(Append append)
        : base(append.Partition)
    {
        Append = append;
        _bodyCrcs = new Crc32C[append.Blocks.Count];
        long bytes = append.Ids.Length;
        for (var i = 0; i < _bodyCrcs.Length; i++)
        {
            var block = append.Blocks[i];
            _bodyCrcs[i] = new Crc32C();
            _bodyCrcs[i].Add(block.Body.Span);
            bytes += block.Body.Length;
            if (block.Stream == LakeStream.Good)
                Good = Good.Plus(block);
            else
                Quarantine = Quarantine.Plus(block);
        }

        Bytes = bytes;
    }

    public Append Append { get; }

    /// <summary>What it adds to the unsealed blocks of the good stream,</summary>
    public AddedBlocks Good { get; } = AddedBlocks.None;

    /// <summary>and of the quarantine.</summary>
    public AddedBlocks Quarantine { get; } = AddedBlocks.None;

    public override long Bytes { get; }

    /// <summary>The fence lets one append of a partition through at a time.</summary>
    public override bool IsOnlyOne => true;

    /// <summary>True where it may be the first one of its partition, whose row is then made.</summary>
    public bool IsFirst => Append.FirstSeq == 1;

    /// <summary>Adds what it stores beside the partition's own row.</summary>
    /// <param name="key">The partition's key.</param>
    /// <param name="closed">Hours that take no more counts.</param>
    /// <param name="blocks">Its blocks go here,</param>
    /// <param name="ids">its ids here,</param>
    /// <param name="counts">and what it adds to the ledger here.</param>
    public void AddRows(
        int key,
        ClosedHours closed,
        List<BlockRow> blocks,
        List<IdsRow> ids,
        Dictionary<(int Partition, LakeHour Hour), LedgerEntry> counts)
    {
        for (var i = 0; i < _bodyCrcs.Length; i++)
        {
            var block = Append.Blocks[i];
            blocks.Add(BlockRow.Of(key, 0, block.Info, _bodyCrcs[i], block.Body));
        }

        if (!Append.Ids.IsEmpty)
            ids.Add(IdsRow.Of(key, new IdRun(Append.FirstSeq, Append.Clock, Append.Ids)));
        foreach (var more in Append.Counts.Select(closed.Book))
        {
            ref var entry = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, (key, more.Hour), out var exists);
            entry = (exists ? entry : LedgerEntry.Empty(more.Hour)).Plus(more);
        }
    }
}

/// <summary>Counts over the blocks of one stream in one append.</summary>
internal readonly record struct AddedBlocks(long Blocks, long Events, long Bytes, Instant Oldest)
{
    public static AddedBlocks None { get; } = new(0, 0, 0, StreamRun.None);

    public AddedBlocks Plus(Block block) =>
        new(Blocks + 1, Events + block.Events, Bytes + block.Body.Length, Instant.Min(Oldest, block.Received));
}

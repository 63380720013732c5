using System.Security.Cryptography;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The rules about batches and objects.</summary>
internal sealed partial class Rules
{
    private readonly Dictionary<string, SealedBatch> _batches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _objects = new(StringComparer.Ordinal);

    /// <summary>Number of objects in the lake.</summary>
    public int ObjectCount => _objects.Count;

    /// <summary>The journal made a seal durable.</summary>
    public void OnSealed(Seal seal, string journalId)
    {
        var batch = seal.Batch;
        var blocks = HistoryOf(batch.Partition).Blocks.Values
            .Where(stored => stored.Block.Stream == batch.Stream && stored.Block.Seq >= batch.FromSeq && stored.Block.Seq <= batch.ToSeq)
            .ToList();
        var text = string.Concat(blocks.Select(stored => stored.Text));
        if (blocks.Any(stored => stored.Batch is not null))
            simulation.Fail("2: once in the lake", $"a block of {batch.Id} was sealed before");
        if (blocks.Any(stored => stored.Block.Hour != batch.Hour))
            simulation.Fail("3: no batch crosses an hour", $"{batch.Id} holds blocks of another hour than {batch.Hour}");
        if (blocks.Count != batch.Blocks || batch.Blocks > limits.SealBlocks)
            simulation.Fail("9: everything has a limit", $"{batch.Id} says {batch.Blocks} blocks, has {blocks.Count}, may have {limits.SealBlocks}");
        if (seal.MergedBody is { } merged && StoredLines.Decompress(merged.Span) != text)
            simulation.Fail("3: a batch is a function of its blocks", $"{batch.Id} was merged into something else");
        foreach (var stored in blocks)
            stored.Batch = batch;
        _batches[LakeLayout.KeyOf(batch, journalId)] = new SealedBatch(batch, text, blocks);
    }

    /// <summary>An object stands in the lake under a key.</summary>
    public void OnStored(string key, byte[] bytes)
    {
        var isManifest = IsIn(LakeLayout.Manifests, key);
        var isRecord = IsIn(LakeLayout.Bridged, key);
        if (!_batches.TryGetValue(key, out var known) && !isManifest && !isRecord && key != LakeLayout.RoleKey)
        {
            simulation.Fail("3: a batch is a function of its blocks", $"{key} is the key of no batch");
            return;
        }

        _deleted.Remove(key);
        var checksum = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (!_objects.TryAdd(key, checksum))
        {
            if (_objects[key] != checksum)
                simulation.Fail("3: same batch, same bytes", $"{key} has other bytes now");
        }
        else if (isManifest)
            CheckManifest(key, bytes);
        else if (isRecord)
            CheckRecord(key, bytes);
        else if (known is not null && StoredLines.Decompress(bytes) != known.Text)
            simulation.Fail("3: a batch is a function of its blocks", $"{key} does not hold the lines of its blocks");
    }

    /// <summary>What a reader finds in the lake is an object as it was stored.</summary>
    public void OnRead(string key, byte[] bytes)
    {
        if (!_objects.TryGetValue(key, out var checksum) || checksum != Convert.ToHexStringLower(SHA256.HashData(bytes)))
            simulation.Fail("a reader sees an object whole or not at all", $"{key}, {bytes.Length} bytes");
    }

    /// <summary>What a reader finds in the lake, all of it.</summary>
    public void OnListed(IReadOnlyCollection<string> keys)
    {
        if (_objects.Keys.FirstOrDefault(key => !keys.Contains(key) && !_deleted.Contains(key)) is { } missing)
            simulation.Fail("2: once in the lake", $"{missing} has vanished");
    }

    /// <summary>Rule 7: the journal gave the space of a batch back.</summary>
    public void OnConfirmed(BatchId id, ShippedObject shipped)
    {
        if (!_batches.TryGetValue(shipped.Key, out var known) || known.Batch.Id != id)
        {
            simulation.Fail("3: a batch is a function of its blocks", $"{id} was confirmed as {shipped.Key}");
            return;
        }

        if (known.Blocks[0].IsShipped)
            return;
        if (!_objects.TryGetValue(shipped.Key, out var checksum) || checksum != shipped.Sha256)
            simulation.Fail("7: space comes back only after the lake confirmed", $"{shipped.Key} was confirmed, but the lake does not have it");
        foreach (var stored in known.Blocks)
            stored.IsShipped = true;
        HistoryOf(id.Partition).Shipped(known.Batch);
    }

    /// <summary>Once faults have ended: everything accepted is in the lake.</summary>
    public void CheckAllShipped()
    {
        foreach (var (id, history) in _partitions)
        {
            if (history.Blocks.Values.FirstOrDefault(stored => !stored.IsShipped) is { } left)
                simulation.Fail("liveness: everything accepted ships", $"{id}, seq {left.Block.Seq} of {left.Block.Stream} did not ship");
        }
    }

    private static bool IsIn(string folder, string key) => key.StartsWith(folder + "/", StringComparison.Ordinal);

    private sealed record SealedBatch(Batch Batch, string Text, IReadOnlyList<StoredBlock> Blocks);
}

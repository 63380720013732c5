using System.IO.Compression;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Fuzz;

/// <summary>
/// The engine behind the collector, without a runtime: one partition a source over the memory journal. Each request is
/// appended by itself, and the lines of what was appended are kept.
/// </summary>
internal sealed class PartitionIntake(SourceCatalogue catalogue, FixedTime time) : IIntake, IAsyncDisposable
{
    // Small blocks, so that large requests make several.
    private static readonly Limits Limits = new() { BlockLineBytesMax = 64 << 10 };

    private readonly MemoryJournal _journal = new();
    private readonly Dictionary<string, Partition> _partitions = new(StringComparer.Ordinal);
    private readonly List<JournaledLine> _lines = [];

    /// <summary>Lines of the request, in the order in which they were stored.</summary>
    public IReadOnlyList<JournaledLine> Lines => _lines;

    public void Clear() => _lines.Clear();

    public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        var partition = PartitionOf(source);
        var receipt = new KeptReceipt();
        partition.Offer(batch, partition.PartitionCount, time.Now, receipt);
        while (partition.BeginAppend() is { } draft)
        {
            var append = draft.Encode();
            var result = await _journal.AppendAsync(append, CancellationToken.None);
            if (result.Outcome != JournalOutcome.Committed)
                throw new PropertyException("what a partition appends is well-formed", $"{result.Outcome}: {result.Reason}");
            partition.CompleteAppend(append, result);
            foreach (var block in append.Blocks)
                AddLines(source, block);
        }
        return receipt.Result ?? throw new PropertyException("a receipt completes once its events are committed", "it did not");
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private Partition PartitionOf(string source)
    {
        if (_partitions.TryGetValue(source, out var partition))
            return partition;
        if (!catalogue.TryGet(source, out var known))
            throw new PropertyException("events belong to a known source", source);
        return _partitions[source] = new Partition(
            new PartitionId(source, 0), 1, Limits, () => known.Validator, PartitionSnapshot.Empty, time.Now, [], seed: 1);
    }

    private void AddLines(string source, Block block)
    {
        using var stored = new MemoryStream(block.Body.ToArray());
        using var gzip = new GZipStream(stored, CompressionMode.Decompress);
        var lines = new byte[block.LineBytes + 1];
        var length = gzip.ReadAtLeast(lines, lines.Length, throwOnEndOfStream: false);
        PropertyException.Require(
            length == block.LineBytes && lines[length - 1] == '\n', "a block has the lines that it says", $"{length} bytes, not {block.LineBytes}");
        var rest = lines.AsSpan(0, length);
        var count = 0;
        for (; !rest.IsEmpty; count++)
        {
            var end = rest.IndexOf((byte)'\n');
            _lines.Add(new JournaledLine(source, block.Stream, rest[..end].ToArray()));
            rest = rest[(end + 1)..];
        }
        PropertyException.Require(count == block.Events, "a block has a line for each event", $"{count} lines, {block.Events} events");
    }

    private sealed class KeptReceipt : Receipt
    {
        public IntakeResult? Result { get; private set; }

        public override void Complete(in IntakeResult result)
        {
            PropertyException.Require(Result is null, "a receipt completes once", "it completed again");
            Result = result;
        }
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ingest.Engine.Tests;

/// <summary>Reads what the partitions of a source wrote into the journal, append by append, and checks each once.</summary>
internal sealed class JournalReader(ModelJournal journal, Limits limits)
{
    private readonly ConditionalWeakTable<object, IReadOnlyList<LakeLine>> _lines = [];
    private readonly HashSet<string> _committed = new(StringComparer.Ordinal);
    private readonly Dictionary<UInt128, int> _positions = [];
    private readonly Dictionary<(PartitionId Partition, LakeStream Stream), Instant> _received = [];
    private int _read;
    private int _position;

    public bool IsCommitted(string id) => _committed.Contains(id);

    /// <summary>Ids of the lines in the journal's blocks.</summary>
    public IEnumerable<string> IdsInJournal() => journal.Blocks.SelectMany(block => LinesOf(block)).Select(line => line.Id);

    /// <summary>The lines of an object; read once.</summary>
    public IReadOnlyList<LakeLine> LinesOf(byte[] body, LakeStream stream) =>
        _lines.GetValue(body, _ => [.. Gzip.Lines(body).Select(line => LakeLine.Parse(line, stream))]);

    /// <summary>Reads the appends that are new.</summary>
    public void CatchUp()
    {
        for (; _read < journal.Appends.Count; _read++)
        {
            Check(journal.Appends[_read]);
            _committed.UnionWith(journal.Appends[_read].Blocks.SelectMany(block => LinesOf(block)).Select(line => line.Id));
        }
    }

    private void Check(Append append)
    {
        var seq = append.FirstSeq;
        var hashes = new List<UInt128>();
        foreach (var block in append.Blocks)
        {
            var lines = LinesOf(block);
            Assert.Equal(seq++, block.Seq);
            Assert.Equal(lines.Count, block.Events);
            Assert.All(lines, line => Assert.Equal(block.Hour, line.Received.Hour));
            Assert.Equal(lines[0].Received, block.Received);
            // Rules 5 and 9: a block ends with the line that fills it.
            Assert.InRange(block.LineBytes, 1, limits.BlockLineBytesMax + TestEvent.LineBytesMax);
            foreach (var line in lines)
            {
                ref var last = ref CollectionsMarshal.GetValueRefOrAddDefault(_received, (append.Partition, block.Stream), out _);
                Assert.True(line.Received >= last, "received_at ran backwards");
                last = line.Received;
                hashes.Add(EventId.Hash(System.Text.Encoding.UTF8.GetBytes(line.Id)));
            }
        }

        CheckIds(append, hashes);
        CheckRemembered(append);
        Assert.Equal(append.Counts.Sum(counts => counts.Good + counts.Quarantined), append.Blocks.Sum(block => block.Events));
    }

    /// <summary>
    /// The ids kept for deduplication are those of the lines; none comes twice while it must be remembered (rule 2).
    /// </summary>
    private void CheckIds(Append append, List<UInt128> hashes)
    {
        var ids = new List<UInt128>();
        for (var at = 0; at < append.Ids.Length; at += 16)
            ids.Add(BinaryPrimitives.ReadUInt128BigEndian(append.Ids.Span[at..]));
        Assert.Equal(hashes.Order(), ids.Order());
        foreach (var id in ids)
        {
            if (_positions.TryGetValue(id, out var before))
                Assert.True(
                    _position - before >= limits.DedupeIdsMax,
                    $"accepted again after {_position - before} others, of at least {limits.DedupeIdsMax} that are remembered");
            _positions[id] = _position++;
        }
    }

    /// <summary>
    /// Rule 9: the journal keeps no more ids than are remembered; the oldest run may be remembered in part.
    /// </summary>
    private void CheckRemembered(Append append)
    {
        var runs = journal.RunsOf(append.Partition);
        var kept = runs.Skip(1).Sum(run => run.Ids.Length / 16);
        Assert.InRange(kept, 0, Math.Max(limits.DedupeIdsMax, append.Ids.Length / 16));
    }

    private IReadOnlyList<LakeLine> LinesOf(Block block) =>
        _lines.GetValue(block, _ => [.. Gzip.Lines(block.Body).Select(line => LakeLine.Parse(line, block.Stream))]);
}

using System.Buffers.Binary;
using System.Text;
using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>
/// The rules of the design, checked at every effect that the world sees: an answer, a write that the journal applied, an
/// object in the lake. It shares nothing with the code under test but the formats.
/// </summary>
/// <param name="simulation">Ends where a rule is broken.</param>
/// <param name="limits">Limits of the history.</param>
/// <param name="regions">What the rules of two regions know of each other; null where there is one.</param>
internal sealed partial class Rules(Simulation simulation, Limits limits, RegionRules? regions = null)
{
    private readonly SortedDictionary<PartitionId, PartitionHistory> _partitions = new(ByName.Instance);
    private readonly Dictionary<(string PartitionSource, SimEvent Event), List<Acceptance>> _accepted = [];
    private readonly Dictionary<string, int> _splitTo = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _acceptedOfSource = new(StringComparer.Ordinal);
    private readonly HashSet<SimEvent> _sent = [];

    /// <summary>Steps of wall clocks so far: each may age the dedupe windows by one seal age.</summary>
    public int ClockSteps { get; set; }

    /// <summary>Number of acceptances so far.</summary>
    public int AcceptedCount => _acceptedOfSource.Values.Sum();

    /// <summary>True where the journal has the event, be it only to relay it.</summary>
    public bool IsCommitted(SimEvent sent) => IsHome(sent) || _accepted.ContainsKey((RelaySource.Of(sent.Source), sent));

    /// <summary>True where the journal has the event for its own lake.</summary>
    public bool IsHome(SimEvent sent) => _accepted.ContainsKey((sent.Source, sent));

    public void OnSent(SimEvent sent) => _sent.Add(sent);

    /// <summary>Rule 1, at the moment at which the answer leaves.</summary>
    public void OnAnsweredWithSuccess(IReadOnlyList<SimEvent> events)
    {
        foreach (var sent in events)
        {
            _answered.Add(sent);
            if (!IsDurable(sent))
                simulation.Fail(SuccessMeansDurable, $"{sent.Id} was answered with success, but is in no committed block and no spill");
        }
    }

    /// <summary>The journal applied an append.</summary>
    public void OnAppended(Append append)
    {
        var history = HistoryOf(append.Partition);
        if (append.FirstSeq != history.NextSeq)
            simulation.Fail("6: one writer a partition", $"{append.Partition}: seq {append.FirstSeq} was stored where {history.NextSeq} was next");
        var ids = new HashSet<UInt128>();

        // Blocks of the two streams fill side by side, so each has its own last time.
        Span<Instant> last = [history.Newest, history.Newest];
        foreach (var block in append.Blocks)
        {
            CheckIsOpen(block, append.Partition);
            var stored = new StoredBlock(block, StoredLines.Decompress(block.Body.Span));
            var lines = StoredLines.Parse(stored.Text);
            Expect("3: a block is what it says", block.Events, lines.Count, append);
            Expect("3: a block is what it says", block.LineBytes, Encoding.UTF8.GetByteCount(stored.Text), append);
            ref var before = ref last[(int)block.Stream];
            foreach (var line in lines)
            {
                // What a spill or another region kept has its first receipt, which may be any time before.
                var isLate = _firstReceipts.Contains((line.Event, line.Received));
                if (!isLate && line.Received < before)
                    simulation.Fail("received_at never runs backwards", $"{append.Partition}: {line.Event.Id} has {line.Received} after {before}");
                if (!isLate)
                    before = line.Received;
                Judge(line, block, append, ids, isLate);
                if (RelaySource.IsRelay(append.Partition.Source))
                    _firstReceipts.Add((line.Event, line.Received));
            }

            if (append.Clock < before)
                simulation.Fail("received_at never runs backwards", $"{append.Partition}: the stored clock {append.Clock} is behind {before}");
            history.Blocks[block.Seq] = stored;
            history.Accepted(block);
        }

        CheckIds(append, ids);
        _acceptedOfSource[append.Partition.Source] = _acceptedOfSource.GetValueOrDefault(append.Partition.Source) + ids.Count;
        Expect("8: conservation", append.Counts.Sum(counts => counts.Good + counts.Quarantined), append.Blocks.Sum(block => block.Events), append);
        history.NextSeq = append.NextSeq;
        history.Newest = Instant.Max(last[0], last[1]);
    }

    /// <summary>The journal split a source, or had done so before.</summary>
    public void OnSplit(string source, int from, int to)
    {
        if (_splitTo.GetValueOrDefault(source) >= to)
            return;
        _splitTo[source] = to;
        for (var number = from; number < to; number++)
        {
            var child = HistoryOf(new PartitionId(source, number));
            child.Newest = Instant.Max(child.Newest, HistoryOf(new PartitionId(source, number % from)).Newest);
        }
    }

    /// <summary>Rule 8, against the journal's own ledger and against what was seen here.</summary>
    public void CheckLedger(IEnumerable<LedgerRow> rows)
    {
        var seen = new HashSet<(PartitionId, LakeHour)>();
        foreach (var row in rows)
        {
            seen.Add((row.Partition, row.Counts.Hour));
            foreach (var violation in Conservation.Violations(row))
                simulation.Fail("8: conservation", violation);
            Compare(row, LakeStream.Good, row.Counts.Good, row.ShippedGood, row.PendingGood);
            Compare(row, LakeStream.Quarantine, row.Counts.Quarantined, row.ShippedQuarantined, row.PendingQuarantined);
        }

        foreach (var (id, history) in _partitions)
        {
            if (history.Hours.FirstOrDefault(hour => !seen.Contains((id, hour))) is { Number: > 0 } missing)
                simulation.Fail("8: conservation", $"the ledger has no row of {id} {missing}");
        }
    }

    private void Compare(LedgerRow row, LakeStream stream, long accepted, long shipped, long pending)
    {
        var total = HistoryOf(row.Partition).Of(row.Counts.Hour, stream);
        if ((accepted, shipped, pending) != (total.Accepted, total.Shipped, total.Accepted - total.Shipped))
        {
            simulation.Fail(
                "8: conservation",
                $"{row.Partition} {row.Counts.Hour} {stream}: the ledger says {accepted} accepted, {shipped} shipped, {pending} pending; "
                + $"{total.Accepted} were stored and {total.Shipped} shipped");
        }
    }

    /// <summary>Rules 2 and 4: a line is an event that was sent, as it was sent, in its stream and hour, and not one that had to be remembered.</summary>
    private void Judge(StoredLine line, Block block, Append append, HashSet<UInt128> ids, bool isLate)
    {
        var sent = line.Event;
        if (!_sent.Contains(sent))
            simulation.Fail("2: once in the lake", $"{sent.Id} was never sent");
        var stream = RelaySource.IsRelay(append.Partition.Source) ? LakeStream.Good : sent.Stream;
        if (stream != block.Stream || !line.Original.AsSpan().SequenceEqual(sent.Original))
            simulation.Fail("4: nothing is dropped in silence", $"{sent.Id} is not stored as it was sent");
        if (!isLate && line.Received.Hour != block.Hour)
            simulation.Fail("3: no batch crosses an hour", $"{sent.Id} of {line.Received} is in a block of {block.Hour}");
        var hash = EventId.Hash(Encoding.UTF8.GetBytes(sent.Id));
        ids.Add(hash);
        if (PartitionId.Of(append.Partition.Source, hash, append.PartitionCount) != append.Partition)
            simulation.Fail("6: one writer a partition", $"{sent.Id} is not an event of {append.Partition} of {append.PartitionCount}");

        // Within an append the order of acceptance is not that of the lines: what is between two is counted generously.
        var position = _acceptedOfSource.GetValueOrDefault(append.Partition.Source);
        var key = (append.Partition.Source, sent);
        if (!_accepted.TryGetValue(key, out var before))
            _accepted[key] = before = [];
        else if (MustRemember(before[^1], position + append.Blocks.Sum(stored => stored.Events), isLate ? append.Clock : line.Received))
            simulation.Fail("2: once in the lake", $"{sent.Id} was accepted again by {append.Partition}, seq {block.Seq}");
        before.Add(new Acceptance(position, Instant.Min(line.Received, append.Clock), simulation.Now));
    }

    /// <summary>
    /// True where the dedupe window must still hold an id. Its age is counted generously: by real time, by the partition's
    /// clock, which may leap, and by one seal age for each step of a clock.
    /// </summary>
    private bool MustRemember(Acceptance earlier, int position, Instant received)
    {
        var age = ((simulation.Now - earlier.At) * 1.05) + (received - earlier.Received)
            + (limits.SealAge * (ClockSteps + 1)) + TimeSpan.FromSeconds(1);
        return position - earlier.Position < limits.DedupeIdsMax && age < limits.DedupeAgeMax;
    }

    /// <summary>The ids for the dedupe window are those of the lines.</summary>
    private void CheckIds(Append append, HashSet<UInt128> expected)
    {
        var ids = new HashSet<UInt128>();
        for (var at = 0; at < append.Ids.Length; at += 16)
            ids.Add(BinaryPrimitives.ReadUInt128BigEndian(append.Ids.Span[at..]));
        if (!ids.SetEquals(expected))
            simulation.Fail("7: the ids of the dedupe window are kept", $"{append.Partition}: ids and lines of seq {append.FirstSeq} differ");
    }

    private void Expect(string rule, long said, long found, Append append)
    {
        if (said != found)
            simulation.Fail(rule, $"{append.Partition}, append at seq {append.FirstSeq}: {said} is said where {found} is found");
    }

    private PartitionHistory HistoryOf(PartitionId id)
    {
        if (!_partitions.TryGetValue(id, out var history))
            _partitions[id] = history = new PartitionHistory();
        return history;
    }

    /// <summary>When an event was accepted.</summary>
    private readonly record struct Acceptance(int Position, Instant Received, TimeSpan At);

    private sealed class ByName : IComparer<PartitionId>
    {
        public static readonly ByName Instance = new();

        public int Compare(PartitionId x, PartitionId y) =>
            string.CompareOrdinal(x.Source, y.Source) is var bySource and not 0 ? bySource : x.Number.CompareTo(y.Number);
    }
}

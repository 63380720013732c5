using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>A seeded run of operations, some of them wrong, done to a journal and to the model side by side.</summary>
internal sealed class JournalHistory(int seed)
{
    private static readonly string[] Sources = ["shop", "app", "web"];

    private readonly Random _random = new(seed);
    private readonly JournalModel _model = new();
    private int _minutes;
    private int _received;

    private PartitionId[] Partitions =>
        [.. from source in Sources from number in Enumerable.Range(0, CountOf(source)) select new PartitionId(source, number)];

    private LakeHour Hour => new(Make.Hour.Number + (_minutes / 60));

    private Instant Now => Make.Hour.Start + TimeSpan.FromMinutes(_minutes);

    /// <summary>The number of steps to run: half of a full history, and all of it with INGEST_TEST_LONG=1. Later steps take longer, since more is stored.</summary>
    public static int StepsOf(int full) => LongRun.IsWanted ? full : full / 2;

    public async Task StepAsync(IJournal journal, CancellationToken cancellation)
    {
        _minutes += _random.Next(2);
        await (_random.Next(200) switch
        {
            < 2 => SplitAsync(journal, cancellation),
            < 4 => CloseAsync(journal, cancellation),
            < 110 => AppendAsync(journal, cancellation),
            < 150 => SealAsync(journal, cancellation),
            < 194 => ConfirmAsync(journal, cancellation),
            _ => ForgetAsync(journal, cancellation),
        });
    }

    public async Task CompareAsync(IJournal journal, CancellationToken cancellation)
    {
        await CompareEventsAsync(journal, cancellation);
        await CompareRecordsAsync(journal, cancellation);
    }

    /// <summary>What events depend on: what is stored and not shipped, byte for byte, the next seqs, and the ids.</summary>
    public async Task CompareEventsAsync(IJournal journal, CancellationToken cancellation)
    {
        foreach (var partition in Partitions)
        {
            var (idsMax, since) = (_random.Next(3) switch { 0 => _random.Next(40), _ => int.MaxValue }, new Instant(_random.Next(2) * (Now.UnixMilliseconds - 1_000_000)));
            var snapshot = await journal.ReadPartitionAsync(partition, idsMax, since, cancellation);
            Assert.Equal(_model.NextSeq(partition), snapshot.NextSeq);
            Assert.Equal(_model.PartitionCounts.GetValueOrDefault(partition.Source) * (_model.Partitions.Contains(partition) ? 1 : 0), snapshot.PartitionCount);
            Assert.Equal(_model.Unsealed(partition).Select(b => b.Info), snapshot.Unsealed);
            Assert.Equal(
                _model.Ids(partition, idsMax, since), snapshot.Ids.Select(r => (Math.Max(r.FirstSeq, 0), r.Clock, Convert.ToHexString(r.Ids.Span))));
            Assert.Equal(snapshot.Ids.Select(r => r.FirstSeq).Order().Distinct(), snapshot.Ids.Select(r => r.FirstSeq));
            foreach (var stream in new[] { LakeStream.Good, LakeStream.Quarantine })
            {
                var bodies = Make.BytesOf(_model.Unsealed(partition).Where(b => b.Stream == stream));
                AssertSame(bodies, await BytesAsync(journal.ReadBlocksAsync(partition, stream, 1, long.MaxValue, cancellation)));
            }
        }

        Assert.Equal(_model.PartitionCounts, await journal.ReadPartitionCountsAsync(cancellation));
        Assert.Equal(_model.UnsealedPartitions, await journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, cancellation));
        var (lane, before) = (new Lane(_random.Next(2), 2), Now - TimeSpan.FromMinutes(_random.Next(60)));
        Assert.Equal(
            _model.UnsealedPartitions.Where(p => lane.Holds(p) && _model.OldestUnsealed(p) < before),
            await journal.ReadUnsealedPartitionsAsync(lane, before, cancellation));
        var pending = await journal.ReadPendingAsync(Lane.All, int.MaxValue, new HashSet<BatchId>(), cancellation);
        Assert.Equal(_model.Pending, pending);
        Assert.Equal(
            _model.Pending.Where(b => lane.Holds(b.Partition)).Take(5),
            await journal.ReadPendingAsync(lane, 5, new HashSet<BatchId>(), cancellation));
        foreach (var batch in pending)
            AssertSame(_model.BytesOf(batch), await BytesAsync(journal.ReadBatchAsync(batch, cancellation)));
    }

    /// <summary>What is on record about events: hours, counts, and what was shipped.</summary>
    public async Task CompareRecordsAsync(IJournal journal, CancellationToken cancellation)
    {
        Assert.Equal(_model.Closed, await journal.ReadClosedHourAsync(cancellation));
        foreach (var partition in Partitions)
            Assert.Equal(_model.Clock(partition), (await journal.ReadPartitionAsync(partition, 0, default, cancellation)).Clock);
        Assert.Equal(_model.Status(), (await journal.ReadStatusAsync(cancellation)) with { StorageBytes = 0 });
        Assert.Equal(_model.Shipped, await journal.ReadShippedAsync(default, cancellation).ToListAsync(cancellation));
        Assert.Equal(_model.Ledger(default), await journal.ReadLedgerAsync(default, cancellation).ToListAsync(cancellation));
    }

    /// <summary>The framework's comparison goes element by element, which is too slow for megabytes.</summary>
    private static void AssertSame(byte[] expected, byte[] actual) =>
        Assert.True(expected.AsSpan().SequenceEqual(actual), $"{actual.Length} bytes read back, not the {expected.Length} that were written");

    private static async Task<byte[]> BytesAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var bytes = new MemoryStream();
        await foreach (var chunk in chunks)
            bytes.Write(chunk.Span);
        return bytes.ToArray();
    }

    /// <summary>The number of partitions that writers take for a source's.</summary>
    private int CountOf(string source) => _model.PartitionCounts.TryGetValue(source, out var count) ? count : 2;

    /// <summary>A few partitions append at once: one group.</summary>
    public async Task AppendAsync(IJournal journal, CancellationToken cancellation)
    {
        var appends = new List<(Append Append, int ForgetRuns)>();
        foreach (var partition in _random.GetItems(Partitions, _random.Next(1, 6)).Distinct())
            appends.Add(await NextAppendAsync(partition, journal, cancellation));
        var results = await Task.WhenAll(appends.Select(a => journal.AppendAsync(a.Append, cancellation).AsTask()));
        foreach (var (append, result) in appends.Zip(results))
            Assert.Equal(_model.Append(append.Append, append.ForgetRuns), result.Outcome);
    }

    private async Task<(Append Append, int ForgetRuns)> NextAppendAsync(
        PartitionId partition, IJournal journal, CancellationToken cancellation)
    {
        var next = _model.NextSeq(partition);
        var first = _random.Next(10) == 0 ? Math.Max(1, next + _random.Next(-3, 4)) : next;
        // Writers go on behind the hours that they know to be closed; some do not know yet.
        var hour = _model.Closed >= Hour && _random.Next(4) > 0 ? _model.Closed.Value.Next : Hour;
        var blocks = Enumerable.Range(0, _random.Next(5)).Select(i => new Block(
            first + i,
            _random.Next(4) == 0 ? LakeStream.Quarantine : LakeStream.Good,
            hour,
            _random.Next(1, 5),
            _random.Next(2_000),
            Now + TimeSpan.FromMilliseconds(_received++),
            Make.Body(first + i, _random.Next(1, _random.Next(8) == 0 ? 40_000 : 900), _random.Next()))).ToArray();
        var (forgetRuns, below) = (0, long.MinValue);
        if (_random.Next(3) == 0)
        {
            var runs = (await journal.ReadPartitionAsync(partition, int.MaxValue, default, cancellation)).Ids;
            forgetRuns = _random.Next(runs.Count(r => r.FirstSeq <= first) + 1);
            below = forgetRuns < runs.Count ? Math.Min(runs[forgetRuns].FirstSeq, first) : first;
        }

        var count = CountOf(partition.Source);
        var append = new Append(
            partition,
            _random.Next(20) == 0 ? _random.Next(partition.Number + 1, count + 3) : count,
            first,
            blocks,
            _random.Next(8) == 0 ? default : Make.Ids(first, blocks.Sum(b => b.Events)),
            below,
            Now,
            [.. Make.CountsOf(blocks), .. _random.Next(5) == 0 ? [new LedgerCounts(Hour, 3, 0, 0, 2, 1)] : Array.Empty<LedgerCounts>()]);
        return (append, forgetRuns);
    }

    private async Task SplitAsync(IJournal journal, CancellationToken cancellation)
    {
        var source = Sources[_random.Next(Sources.Length)];
        var from = _random.Next(3) == 0 ? _random.Next(1, 5) : CountOf(source);
        var to = from * _random.Next(1, 4);
        if (to <= 12)
            Assert.Equal(_model.Split(source, from, to), (await journal.SplitAsync(source, from, to, cancellation)).Outcome);
    }

    private async Task CloseAsync(IJournal journal, CancellationToken cancellation)
    {
        var hour = new LakeHour(Hour.Number - _random.Next(3));
        _model.Close(hour);
        Assert.Equal(JournalResult.Committed, await journal.CloseHourAsync(hour, cancellation));
    }

    private async Task SealAsync(IJournal journal, CancellationToken cancellation)
    {
        var partition = _random.GetItems(Partitions, 1)[0];
        var stream = _random.Next(3) == 0 ? LakeStream.Quarantine : LakeStream.Good;
        var unsealed = _model.Unsealed(partition).Where(b => b.Stream == stream).ToArray();
        if (unsealed.Length == 0)
            return;

        var run = unsealed.TakeWhile(b => b.Hour == unsealed[0].Hour).Take(_random.Next(1, 12)).ToArray();
        var seal = Make.Seal(partition, run);
        seal = seal with { Batch = seal.Batch with { SealedAt = Now, Reason = (SealReason)_random.Next(4) } };
        if (_random.Next(4) == 0)
        {
            var merged = Make.Body(run[0].Seq, _random.Next(1, 5_000), _random.Next());
            seal = new Seal(seal.Batch with { BodyBytes = merged.Length }, merged);
        }

        var wrong = _random.Next(25) switch
        {
            0 => seal.Batch with { ToSeq = seal.Batch.ToSeq + _random.Next(1, 3) },
            1 => seal.Batch with { FromSeq = seal.Batch.FromSeq - 1 },
            2 => seal.Batch with { Events = seal.Batch.Events + 1 },
            3 => seal.Batch with { Hour = new LakeHour(seal.Batch.Hour.Number + 1) },
            _ => seal.Batch,
        };
        var expected = _model.Seal(seal with { Batch = wrong });
        Assert.Equal(expected, (await journal.SealAsync(seal with { Batch = wrong }, cancellation)).Outcome);
    }

    private async Task ConfirmAsync(IJournal journal, CancellationToken cancellation)
    {
        var known = _random.Next(10) == 0
            ? _model.Shipped.Select(s => s.Batch).ToArray()
            : [.. _model.Pending];
        if (known.Length == 0)
            return;

        var batch = known[_random.Next(known.Length)];
        var id = _random.Next(20) == 0 ? batch.Id with { FromSeq = batch.FromSeq + 1_000 } : batch.Id;
        var shipped = Make.Shipped(batch);
        Assert.Equal(_model.Confirm(id, shipped), (await journal.ConfirmAsync(id, shipped, cancellation)).Outcome);
    }

    private async Task ForgetAsync(IJournal journal, CancellationToken cancellation)
    {
        var before = new LakeHour(Hour.Number - _random.Next(4));
        _model.Forget(before);
        Assert.Equal(JournalResult.Committed, await journal.ForgetBeforeAsync(before, cancellation));
    }
}

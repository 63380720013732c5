using System.Collections.Concurrent;
using System.Security.Cryptography;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>
/// Two journals on one database, as two silos: both write, seal and ship the same partitions, while generations of a few rows
/// are closed, emptied and dropped all the time. What the lake got in the end is compared with what was committed.
/// </summary>
public sealed class PostgresSilosTests(PostgresFixture fixture) : IAsyncLifetime
{
    private const int Partitions = 6;
    private const int AppendsEach = 40;

    private readonly ConcurrentDictionary<(PartitionId Partition, long Seq), Block> _committed = new();
    private readonly ConcurrentDictionary<BatchId, (Batch Batch, byte[] Bytes)> _lake = new();
    private string? _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await fixture.NewJournalAsync();

    public async ValueTask DisposeAsync() => await fixture.DropAsync(_database);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Nothing_is_lost_and_nothing_doubled(int seed)
    {
        await using var first = await OpenAsync();
        await using var second = await OpenAsync();
        var start = await BytesAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        stop.CancelAfter(Deadline.Delivery);
        var background = Task.WhenAll(
            UntilAsync(stop, () => ShipAsync(first, new Lane(0, 2))),
            UntilAsync(stop, () => ShipAsync(second, new Lane(1, 2))),
            UntilAsync(stop, () => first.Keeper.RunOnceAsync(Cancellation)),
            UntilAsync(stop, () => second.Keeper.RunOnceAsync(Cancellation)));
        await Task.WhenAll(
            from journal in new[] { first, second }
            from number in Enumerable.Range(0, Partitions)
            select Task.Run(() => WriteAsync(journal, new PartitionId("silo", number), new Random(HashCode.Combine(seed, number, journal == first))), Cancellation));

        await SealRestAsync(first);
        while (!stop.IsCancellationRequested && (await first.ReadStatusAsync(Cancellation)).PendingBatches > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
        await stop.CancelAsync();
        await background;

        await AssertLakeIsWhatWasCommittedAsync(second);
        await ForgetIdsAsync(second);
        await AssertSpaceIsBackAsync(second, start);
    }

    /// <summary>A partition's activation: appends and seals until its share is written; where it is fenced, it reads the journal again.</summary>
    private async Task WriteAsync(PostgresJournal journal, PartitionId partition, Random random)
    {
        for (var done = 0; done < AppendsEach;)
        {
            var next = (await journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation)).NextSeq;
            for (var fenced = false; !fenced && done < AppendsEach;)
            {
                Block[] blocks = [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => NewBlock(next + i, random))];
                var result = await journal.AppendAsync(Make.Append(partition, blocks), Cancellation);
                fenced = result.Outcome == JournalOutcome.Fenced;
                // Refused where generations were closed under it all the time, as the keepers here do: tried again as it is.
                if (fenced || result is { Outcome: JournalOutcome.Refused, IsUnreachable: false })
                    continue;

                Assert.Equal(JournalResult.Committed, result);
                Assert.All(blocks, b => Assert.True(_committed.TryAdd((partition, b.Seq), b), $"{partition} {b.Seq} was committed twice"));
                (next, done) = (next + blocks.Length, done + 1);
                if (random.Next(4) == 0)
                    await SealAsync(journal, partition, random);
            }
        }
    }

    private static Block NewBlock(long seq, Random random)
    {
        var stream = random.Next(4) == 0 ? LakeStream.Quarantine : LakeStream.Good;
        return Make.Block(seq, stream, bodyBytes: random.Next(1, 4_000), seed: random.Next());
    }

    /// <summary>Seals some of the oldest blocks; the other silo may be faster.</summary>
    private static async Task SealAsync(PostgresJournal journal, PartitionId partition, Random random)
    {
        var unsealed = (await journal.ReadPartitionAsync(partition, 0, default, Cancellation)).Unsealed;
        var stream = random.Next(2) == 0 ? LakeStream.Good : LakeStream.Quarantine;
        var run = unsealed.Where(b => b.Stream == stream).Take(random.Next(1, 12)).ToList();
        if (run.Count > 0)
            await SealAsync(journal, partition, run, random.Next(3) == 0);
    }

    private static async Task SealAsync(PostgresJournal journal, PartitionId partition, List<BlockInfo> run, bool merge)
    {
        var batch = new Batch(
            partition, run[0].Stream, Make.Hour, run[0].Seq, run[^1].Seq, run.Count, run.Sum(b => b.Events),
            run.Sum(b => (long)b.LineBytes), run.Sum(b => (long)b.BodyBytes), run[^1].Received, SealReason.Size);
        byte[]? merged = null;
        if (merge)
        {
            try
            {
                // "Merged" as it stands, so that the lake's bytes can be compared with the blocks'.
                merged = await CollectAsync(journal.ReadBlocksAsync(partition, batch.Stream, batch.FromSeq, batch.ToSeq, Cancellation));
            }
            catch (InvalidOperationException)
            {
                return; // Sealed by the other silo while it was read.
            }

            if (merged.Length != batch.BodyBytes)
                return; // The same, before it was read.
        }

        var result = await journal.SealAsync(new Seal(batch, merged is null ? (ReadOnlyMemory<byte>?)null : merged), Cancellation);
        Assert.True(result.Outcome is JournalOutcome.Committed or JournalOutcome.Fenced, $"{result}");
    }

    private static async Task SealRestAsync(PostgresJournal journal)
    {
        foreach (var partition in await journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation))
        {
            var unsealed = (await journal.ReadPartitionAsync(partition, 0, default, Cancellation)).Unsealed;
            foreach (var run in unsealed.GroupBy(b => b.Stream))
                await SealAsync(journal, partition, [.. run], merge: false);
        }

        Assert.Empty(await journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
    }

    private async Task ShipAsync(PostgresJournal journal, Lane lane)
    {
        foreach (var batch in await journal.ReadPendingAsync(lane, 10, new HashSet<BatchId>(), Cancellation))
        {
            var bytes = await CollectAsync(journal.ReadBatchAsync(batch, Cancellation));
            Assert.Equal(batch.BodyBytes, bytes.Length);
            Assert.True(_lake.TryAdd(batch.Id, (batch, bytes)), $"{batch.Id} shipped twice");
            Assert.Equal(JournalResult.Committed, await journal.ConfirmAsync(batch.Id, Make.Shipped(batch), Cancellation));
        }
    }

    /// <summary>Does something now and then until all is to stop; a failure of it stops the others.</summary>
    private static async Task UntilAsync(CancellationTokenSource stop, Func<Task> doAsync)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await doAsync();
                await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task AssertLakeIsWhatWasCommittedAsync(PostgresJournal journal)
    {
        Assert.Equal(Partitions, _committed.Keys.Select(k => k.Partition).Distinct().Count());
        foreach (var stream in _committed.GroupBy(c => (c.Key.Partition, c.Value.Stream)))
        {
            var written = Make.BytesOf(stream.OrderBy(c => c.Key.Seq).Select(c => c.Value));
            var shipped = _lake.Values.Where(l => (l.Batch.Partition, l.Batch.Stream) == stream.Key).OrderBy(l => l.Batch.FromSeq).SelectMany(l => l.Bytes).ToArray();
            Assert.Equal(SHA256.HashData(written), SHA256.HashData(shipped));
        }

        Assert.Equal(_committed.Values.Sum(b => b.Events), _lake.Values.Sum(l => l.Batch.Events));
        Assert.Equal(_lake.Count, await journal.ReadShippedAsync(default, Cancellation).CountAsync(Cancellation));
        await foreach (var row in journal.ReadLedgerAsync(default, Cancellation))
        {
            Assert.Empty(Conservation.Violations(row));
            Assert.Equal(0, row.PendingGood + row.PendingQuarantined);
        }
    }

    private static async Task ForgetIdsAsync(PostgresJournal journal)
    {
        for (var number = 0; number < Partitions; number++)
        {
            var partition = new PartitionId("silo", number);
            var snapshot = await journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation);
            Assert.NotEmpty(snapshot.Ids);
            Assert.Equal(JournalResult.Committed, await journal.AppendAsync(new Append(partition, Make.PartitionCount, snapshot.NextSeq, [], default, snapshot.NextSeq, snapshot.Clock, []), Cancellation));
        }
    }

    /// <summary>Every generation but the open, empty ones is gone. One look closes, the next ones drop: one table of ids each.</summary>
    private async Task AssertSpaceIsBackAsync(PostgresJournal journal, long start)
    {
        const int LooksMax = 2_000;
        for (var look = 0; look < LooksMax && await BytesAsync() > start; look++)
            await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(start, await BytesAsync());
        Assert.Equal(2, await PostgresServer.ScalarAsync<long>(_database!, "SELECT count(*) FROM ingest.generations"));
    }

    /// <summary>Bytes of all generations, with their indexes.</summary>
    private Task<long> BytesAsync() => PostgresServer.ScalarAsync<long>(
        _database!,
        "SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class WHERE relkind = 'r' AND relname ~ '^(blocks|ids)_[0-9]+$'");

    private async Task<PostgresJournal> OpenAsync() => await PostgresJournal.OpenAsync(
        PostgresFixture.Options(_database!) with
        {
            GenerationBytesMax = 1,
            EvacuateAfter = TimeSpan.FromMilliseconds(100),
            EvacuateShareMax = 1,
            MaintenancePeriod = Timeout.InfiniteTimeSpan,
        },
        Cancellation);

    private static async Task<byte[]> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var all = new MemoryStream();
        await foreach (var chunk in chunks)
            all.Write(chunk.Span);
        return all.ToArray();
    }
}

using System.Buffers.Binary;
using System.Text;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// A journal of version 1, which kept no number of partitions, written by that version (commit 3ef7f06) and kept as
/// journal-v1.zip. In it the partitions shop/0, shop/1 and blog/0 have 6 blocks each with two events: 1 and 2 shipped,
/// 3 and 4 sealed, 5 and 6 open (6 of the quarantine). The ids are the numbers 0 to 11, those of block 1 forgotten.
/// </summary>
public sealed class SqliteUpgradeTests : IDisposable
{
    private static readonly PartitionId[] Partitions = [new("blog", 0), new("shop", 0), new("shop", 1)];

    private readonly TemporaryFolder _folder = new();

    public SqliteUpgradeTests() => SqliteFixture.Unpack(_folder, "journal-v1.zip");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Nothing_is_lost()
    {
        for (var open = 0; open < 2; open++)
        {
            await using var journal = await SqliteFixture.OpenAsync(_folder);
            Assert.Equal("z4jwgqxd", journal.Id);
            Assert.Empty(await journal.CheckAsync(Cancellation));
            Assert.Empty(await journal.ReadPartitionCountsAsync(Cancellation));
            Assert.Equal(Partitions, await journal.ReadUnsealedPartitionsAsync(Lane.All, Make.Ever, Cancellation));
            Assert.Equal(3, await journal.ReadShippedAsync(default, Cancellation).CountAsync(Cancellation));
            Assert.Equal(
                Enumerable.Repeat((12L, 10L, 4L, 4L, 2L), 3),
                await journal.ReadLedgerAsync(default, Cancellation)
                    .Select(row => (row.Counts.Received, row.Counts.Good, row.ShippedGood, row.PendingGood - 2, row.PendingQuarantined))
                    .ToListAsync(Cancellation));
            foreach (var batch in await journal.ReadPendingAsync(Lane.All, 10, new HashSet<BatchId>(), Cancellation))
                Assert.Equal($"block 3 of {batch.Partition}block 4 of {batch.Partition}", await TextAsync(journal.ReadBatchAsync(batch, Cancellation)));
            foreach (var partition in Partitions)
            {
                var snapshot = await SnapshotAsync(journal, partition);
                Assert.Equal((7, 0), (snapshot.NextSeq, snapshot.PartitionCount));
                Assert.Equal([5, 6], snapshot.Unsealed.Select(block => block.Seq));
                Assert.Equal(["2: 2 3", "3: 4 5", "4: 6 7", "5: 8 9", "6: 10 11"], RunsOf(snapshot));
            }
        }
    }

    [Fact]
    public async Task A_number_that_is_unknown_is_adopted()
    {
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
        {
            await CommitAsync(journal, Partitions[1], 7, 4);
            // From here on it is the source's.
            Assert.Equal(
                JournalOutcome.Fenced, (await journal.AppendAsync(AppendOf(Partitions[2], 7, 2), Cancellation)).Outcome);
            await CommitAsync(journal, Partitions[2], 7, 4);
        }

        await using var again = await SqliteFixture.OpenAsync(_folder);
        Assert.Equal(new Dictionary<string, int> { ["shop"] = 4 }, await again.ReadPartitionCountsAsync(Cancellation));
        Assert.Equal(JournalOutcome.Fenced, (await again.AppendAsync(AppendOf(Partitions[1], 8, 2), Cancellation)).Outcome);
        await CommitAsync(again, Partitions[1], 8, 4);
        await CommitAsync(again, Partitions[0], 7, 1);
        Assert.Empty(await again.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_source_of_an_unknown_number_can_be_split()
    {
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
            Assert.Equal(JournalResult.Committed, await journal.SplitAsync("shop", 2, 6, Cancellation));

        await using var again = await SqliteFixture.OpenAsync(_folder);
        Assert.Equal(new Dictionary<string, int> { ["shop"] = 6 }, await again.ReadPartitionCountsAsync(Cancellation));
        Assert.Equal(["-2: 2", "-1: 8"], RunsOf(await SnapshotAsync(again, new PartitionId("shop", 2))));
        Assert.Equal(["-2: 5", "-1: 11"], RunsOf(await SnapshotAsync(again, new PartitionId("shop", 5))));
        Assert.Equal(6, (await SnapshotAsync(again, Partitions[2])).PartitionCount);
        Assert.Empty(await again.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_partition_that_is_there_already_keeps_what_it_has()
    {
        // Written with two partitions, configured with one since, and split again.
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
        {
            await CommitAsync(journal, Partitions[1], 7, 1);
            Assert.Equal(JournalResult.Committed, await journal.SplitAsync("shop", 1, 2, Cancellation));
            await CommitAsync(journal, Partitions[2], 7, 2);
        }

        await using var again = await SqliteFixture.OpenAsync(_folder);
        var snapshot = await SnapshotAsync(again, Partitions[2]);
        Assert.Equal((8, 2), (snapshot.NextSeq, snapshot.PartitionCount));
        Assert.Equal([5, 6, 7], snapshot.Unsealed.Select(block => block.Seq));
        Assert.Equal(
            [
                "-6: 3", "-5: 5", "-4: 7", "-3: 9", "-2: 11", "-1: 101",
                "2: 2 3", "3: 4 5", "4: 6 7", "5: 8 9", "6: 10 11", "7: 100 101",
            ],
            RunsOf(snapshot));
        Assert.Empty(await again.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_reader_leaves_the_upgrade_to_the_owner()
    {
        var before = await File.ReadAllBytesAsync(_folder.Of("journal.db"), Cancellation);
        var fault = await Assert.ThrowsAsync<JournalUnavailableException>(
            () => SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { ReadOnly = true }));
        Assert.Contains("older version", fault.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Of("journal.db"), Cancellation));

        await using var owner = await SqliteFixture.OpenAsync(_folder);
        await using var reader = await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { ReadOnly = true });
        Assert.Equal(7, (await SnapshotAsync(reader, Partitions[0])).NextSeq);
    }

    [Fact]
    public async Task A_missing_marker_is_named_as_before()
    {
        File.Delete(_folder.Of("journal.id"));
        await SqliteFixture.AssertCorruptAsync(() => SqliteFixture.OpenAsync(_folder), _folder.Of("journal.id"), "missing beside a journal in use");
    }

    [Fact]
    public async Task A_damaged_row_is_noticed_as_before()
    {
        SqliteFixture.Execute(_folder, "UPDATE partitions SET next_seq = 8 WHERE number = 1");
        await SqliteFixture.AssertCorruptAsync(() => SqliteFixture.OpenAsync(_folder), "table partitions", "shop/1");
    }

    private static ValueTask<PartitionSnapshot> SnapshotAsync(SqliteJournal journal, PartitionId partition) =>
        journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation);

    private static async Task CommitAsync(SqliteJournal journal, PartitionId partition, long seq, int count) =>
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(partition, seq, count), Cancellation));

    private static Append AppendOf(PartitionId partition, long seq, int count)
    {
        var ids = new byte[32];
        (ids[15], ids[31]) = (100, 101);
        return Make.Append(partition, Make.Block(seq)) with { PartitionCount = count, Ids = ids };
    }

    /// <summary>Each run as its first seq and its ids.</summary>
    private static string[] RunsOf(PartitionSnapshot snapshot) =>
    [
        .. snapshot.Ids.Select(run =>
            $"{run.FirstSeq}: {string.Join(' ', run.Ids.ToArray().Chunk(16).Select(id => BinaryPrimitives.ReadUInt128BigEndian(id)))}"),
    ];

    private static async Task<string> TextAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        var text = new StringBuilder();
        await foreach (var chunk in chunks)
            text.Append(Encoding.ASCII.GetString(chunk.Span));
        return text.ToString();
    }
}

using System.Buffers.Binary;
using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Rows of ids that are over go, and no others; what cannot be tidied up is reported, and stops nobody.</summary>
public sealed class SqliteHousekeepingTests : IDisposable
{
    private static readonly PartitionId Busy = new("busy", 0);
    private static readonly PartitionId Quiet = new("quiet", 0);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>With runs of one id, and with runs of which a step may delete two beside what was added.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task What_is_over_goes_under_load_and_the_rest_stays(int events)
    {
        const int Window = 100;
        const int Appends = 2_000;
        var journal = await SqliteFixture.OpenAsync(_folder);
        var quiet = 0;
        var most = 0L;
        for (var seq = 1; seq <= Appends; seq++)
        {
            await CommitAsync(journal.AppendAsync(
                Make.Append(Busy, seq, [Make.Block(seq, events: events, bodyBytes: 10)], default, seq > Window ? seq - Window : long.MinValue), Cancellation));
            if (seq % 40 == 1) // Among those that go, and never forgotten.
                await CommitAsync(journal.AppendAsync(Make.Append(Quiet, Make.Block(++quiet)), Cancellation));
            if (seq % 250 == 0)
            {
                await journal.DisposeAsync();
                most = Math.Max(most, Rows());
                journal = await SqliteFixture.OpenAsync(_folder);
            }
        }

        Assert.Equal(
            Enumerable.Range(Appends - Window, Window + 1).Select(seq => (long)seq),
            (await journal.ReadPartitionAsync(Busy, int.MaxValue, default, Cancellation)).Ids.Select(run => run.FirstSeq));
        Assert.Equal(quiet, (await journal.ReadPartitionAsync(Quiet, int.MaxValue, default, Cancellation)).Ids.Count);
        Assert.Empty(await journal.CheckAsync(Cancellation));
        await journal.DisposeAsync();
        // Twice what counts; as much again, since each opening begins somewhere else.
        Assert.InRange(most, Window, 4 * (Window + quiet));
    }

    [Fact]
    public async Task What_is_forgotten_at_once_goes_when_nothing_is_written()
    {
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        for (var seq = 1; seq <= 300; seq++)
            await CommitAsync(journal.AppendAsync(Make.Append(Busy, Make.Block(seq, events: 1, bodyBytes: 10)), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(Busy, 301, [], default, 300), Cancellation));
        await UntilAsync(() => Rows() == 1);
        Assert.Equal([300], (await journal.ReadPartitionAsync(Busy, int.MaxValue, default, Cancellation)).Ids.Select(run => run.FirstSeq));
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_step_deletes_so_many_bytes_of_ids_and_leaves_the_rest_to_the_next()
    {
        const int Runs = 60;
        const int RunBytes = 10 * 16;
        const int PerStep = 3; // The third one makes the 300 bytes of the fixture full, with the two before it.
        var left = new ConcurrentQueue<long>();
        var times = new ConcurrentQueue<long>();
        await using var journal = await SqliteJournal.OpenAsync(
            SqliteFixture.Options(_folder) with { NewHeadsMax = int.MaxValue, OnHousekeeping = OnStep });
        for (var seq = 1; seq <= Runs; seq++)
            await CommitAsync(journal.AppendAsync(Make.Append(Busy, Make.Block(seq, events: RunBytes / 16, bodyBytes: 10)), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(Busy, Runs + 1, [], default, Runs + 1), Cancellation));
        await UntilAsync(() => Rows() == 0);
        long[] before = [.. left, 0];
        Assert.All(before.Zip(before.Skip(1)), pair => Assert.InRange(pair.First - pair.Second, 0, PerStep));
        // One that ended early waits for no idle moment, which would be 250 ms.
        var waits = times.Zip(times.Skip(1)).Count(pair => TimeProvider.System.GetElapsedTime(pair.First, pair.Second) > TimeSpan.FromMilliseconds(240));
        Assert.InRange(waits, 0, Runs / PerStep / 2);
        Assert.Empty(await journal.CheckAsync(Cancellation));

        void OnStep()
        {
            times.Enqueue(TimeProvider.System.GetTimestamp());
            left.Enqueue(Rows());
        }
    }

    /// <summary>Of a partition that was there before the split, and had forgotten what has higher seqs than the runs that it gets.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(60)]
    public async Task Runs_that_a_split_hands_down_stay_and_those_in_whose_place_they_are_go(int runs)
    {
        SqliteFixture.Unpack(_folder, "journal-v1.zip");
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        for (var seq = 7; seq < 7 + runs; seq++)
            await CommitAsync(journal.AppendAsync(Make.Append(new PartitionId("shop", 0), Make.Block(seq, events: 8)) with { PartitionCount = 1 }, Cancellation));
        await CommitAsync(journal.SplitAsync("shop", 1, 2, Cancellation));
        var child = (await journal.ReadPartitionAsync(new PartitionId("shop", 1), int.MaxValue, default, Cancellation)).Ids.Count;
        Assert.True(child > runs);
        await UntilAsync(
            () => Rows("WHERE partition = (SELECT id FROM partitions WHERE source = 'shop' AND number = 1)") == child);
        Assert.Equal(child, (await journal.ReadPartitionAsync(new PartitionId("shop", 1), int.MaxValue, default, Cancellation)).Ids.Count);
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_damaged_page_of_ids_stops_no_partition()
    {
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
        {
            for (var seq = 1; seq <= 100; seq++)
                await CommitAsync(journal.AppendAsync(Make.Append(Quiet, Make.Block(seq, events: 40)), Cancellation));
        }

        EraseLeafOf("ids");
        var faults = new ConcurrentQueue<string>();
        await using var again = await SqliteJournal.OpenAsync(
            SqliteFixture.Options(_folder) with { CheckAtOpenBytesMax = 0, OnFault = faults.Enqueue });
        for (var seq = 1; seq <= 200; seq++)
            await CommitAsync(again.AppendAsync(Make.Append(Busy, Make.Block(seq)), Cancellation));
        await UntilAsync(() => faults.Any(fault => fault.Contains("tidied up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_missing_row_of_a_partition_stops_no_other()
    {
        var faults = new ConcurrentQueue<string>();
        await using var journal = await SqliteJournal.OpenAsync(
            SqliteFixture.Options(_folder) with { OnFault = faults.Enqueue });
        await CommitAsync(journal.AppendAsync(Make.Append(Busy, Make.Block(1)), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(Quiet, Make.Block(1)), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(Quiet, Make.Block(2)), Cancellation)); // A newer head, to be folded.
        SqliteFixture.Execute(_folder, "DELETE FROM partitions WHERE source = 'quiet'");
        for (var seq = 2; seq <= 100; seq++)
            await CommitAsync(journal.AppendAsync(Make.Append(Busy, Make.Block(seq)), Cancellation));
        await UntilAsync(() => faults.Any(fault => fault.Contains("quiet/0", StringComparison.Ordinal)));
        Assert.Equal(101, (await journal.ReadPartitionAsync(Busy, 0, default, Cancellation)).NextSeq);
    }

    private static Task UntilAsync(Func<bool> condition) => SqliteFixture.UntilAsync(condition, Cancellation);

    private static async Task CommitAsync(ValueTask<JournalResult> write) => Assert.Equal(JournalResult.Committed, await write);

    private long Rows(string where = "") => SqliteFixture.Scalar(_folder, $"SELECT count(*) FROM ids {where}");

    /// <summary>Erases the third leaf of a table, in a closed journal.</summary>
    private void EraseLeafOf(string table)
    {
        const int InteriorHeaderBytes = 12;
        const byte InteriorOfTable = 5;
        long root;
        using (var database = SqliteFixture.Connect(_folder))
            root = database.Scalar($"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'");
        using var file = File.Open(_folder.Of("journal.db"), FileMode.Open);
        var page = new byte[Database.PageBytes];
        file.Position = (root - 1) * Database.PageBytes;
        file.ReadExactly(page);
        Assert.Equal(InteriorOfTable, page[0]);
        var cell = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(InteriorHeaderBytes + (2 * sizeof(ushort))));
        file.Position = (BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(cell)) - 1) * Database.PageBytes;
        file.Write(new byte[Database.PageBytes]);
    }
}

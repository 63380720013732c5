using System.Buffers.Binary;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>Splits of a source as SQLite stores them: whole or not at all, and every run that they hand down is accounted for.</summary>
public sealed class SqliteSplitTests : IAsyncLifetime
{
    private static readonly PartitionId Child = new("shop", 1);

    private readonly TemporaryFolder _folder = new();
    private SqliteJournal _journal = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>One partition with the ids 1 to 6 in three runs: the odd ones move.</summary>
    public async ValueTask InitializeAsync()
    {
        _journal = await SqliteFixture.OpenAsync(_folder);
        for (var seq = 1; seq <= 3; seq++)
        {
            var ids = new byte[32];
            BinaryPrimitives.WriteUInt128BigEndian(ids, (UInt128)((2 * seq) - 1));
            BinaryPrimitives.WriteUInt128BigEndian(ids.AsSpan(16), (UInt128)(2 * seq));
            var append = Make.Append(Make.Shop, Make.Block(seq)) with { PartitionCount = 1, Ids = ids };
            Assert.Equal(JournalResult.Committed, await _journal.AppendAsync(append, Cancellation));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("DELETE FROM ids WHERE first_seq = -1", "first seq -1")]
    [InlineData("DELETE FROM ids WHERE first_seq = -2", "first seq -2")]
    [InlineData("DELETE FROM ids WHERE first_seq = -3", "first seq -3")]
    [InlineData("UPDATE ids SET ids = zeroblob(16) WHERE first_seq = -3", "first seq -3")]
    public async Task Damage_to_what_was_handed_down_is_noticed(string sql, string named)
    {
        Assert.Equal(JournalResult.Committed, await _journal.SplitAsync("shop", 1, 2, Cancellation));
        Assert.Equal(3, (await ReadAsync(Child)).Ids.Count);
        Assert.Empty(await _journal.CheckAsync(Cancellation));
        SqliteFixture.Execute(_folder, sql);
        await SqliteFixture.AssertCorruptAsync(() => ReadAsync(Child), "table ids", named);
        Assert.NotEmpty(await _journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_split_that_meets_damage_is_refused_alone_and_leaves_nothing_behind()
    {
        SqliteFixture.Execute(_folder, "UPDATE ids SET clock = 1 WHERE first_seq = 2");
        var split = _journal.SplitAsync("shop", 1, 4, Cancellation).AsTask();
        var near = _journal.AppendAsync(Make.Append(new PartitionId("near", 0), Make.Block(1)), Cancellation).AsTask();
        Assert.Equal(JournalResult.Committed, await near);
        var refused = await split;
        Assert.Equal(JournalOutcome.Refused, refused.Outcome);
        Assert.Contains("first seq 2", refused.Reason, StringComparison.Ordinal);

        Assert.Equal(1, (await _journal.ReadPartitionCountsAsync(Cancellation))["shop"]);
        Assert.Equal(PartitionSnapshot.Empty, await ReadAsync(Child));
        var append = Make.Append(Make.Shop, Make.Block(4)) with { PartitionCount = 1 };
        Assert.Equal(JournalResult.Committed, await _journal.AppendAsync(append, Cancellation));
    }

    [Fact]
    public async Task A_split_whose_commit_failed_is_done_again()
    {
        await _journal.DisposeAsync();
        var isFull = true;
        var options = SqliteFixture.Options(_folder) with
        {
            OnCommit = () =>
            {
                if (isFull)
                    throw new SqliteFault(SQLitePCL.raw.SQLITE_FULL, "full");
            },
        };
        _journal = await SqliteJournal.OpenAsync(options);
        Assert.Equal(JournalOutcome.Refused, (await _journal.SplitAsync("shop", 1, 2, Cancellation)).Outcome);
        Assert.Equal(1, (await _journal.ReadPartitionCountsAsync(Cancellation))["shop"]);

        isFull = false;
        Assert.Equal(JournalResult.Committed, await _journal.SplitAsync("shop", 1, 2, Cancellation));
        Assert.Equal([-3, -2, -1], (await ReadAsync(Child)).Ids.Select(run => run.FirstSeq));
        Assert.Empty(await _journal.CheckAsync(Cancellation));
    }

    [Fact]
    public async Task A_split_takes_space_and_is_refused_where_appends_are()
    {
        await _journal.DisposeAsync();
        _journal = await SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { ReserveBytes = 1 << 20, FreeBytes = () => 0 });
        Assert.Equal(JournalOutcome.Refused, (await _journal.SplitAsync("shop", 1, 2, Cancellation)).Outcome);
        Assert.Equal(1, (await _journal.ReadPartitionCountsAsync(Cancellation))["shop"]);
    }

    private Task<PartitionSnapshot> ReadAsync(PartitionId partition) =>
        _journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation).AsTask();
}

using Ingest.Engine;
using Ingest.TestKit;
using SQLitePCL;

namespace Ingest.Storage.Tests;

/// <summary>Full, failing and damaged disks under a spill: nothing is taken that is not safe, and nothing is skipped in silence.</summary>
public sealed class SpillFaultTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _faults = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_spill_refuses_until_something_is_drained()
    {
        await using var spill = await SqliteSpill.OpenAsync(SpillFixture.Options(_folder) with { BytesMax = 4_000 });
        var taken = 0;
        JournalResult result;
        while ((result = await SpillFixture.AppendAsync(spill, "shop", $"event {taken}")).Outcome == JournalOutcome.Committed)
            taken++;

        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        Assert.Contains("full", result.Reason, StringComparison.Ordinal);
        Assert.False(spill.HasRoom);
        Assert.InRange(spill.Status.Bytes, 1, 4_000);
        Assert.Equal(taken, (await SpillFixture.DrainAsync(spill)).Count);
        await UntilAsync(() => spill.HasRoom);
        await SpillFixture.StoreAsync(spill, "shop", "after");
    }

    [Fact]
    public async Task A_disk_without_space_is_left_alone_until_there_is_some()
    {
        long free = 0;
        await using var spill = await SqliteSpill.OpenAsync(
            SpillFixture.Options(_folder) with { ReserveBytes = 1 << 20, FreeBytes = () => Volatile.Read(ref free) });

        Assert.Equal(JournalOutcome.Refused, (await SpillFixture.AppendAsync(spill, "shop", "a")).Outcome);
        Assert.False(spill.HasRoom);
        Assert.Equal(SpillStatus.Empty, spill.Status);
        Volatile.Write(ref free, 1L << 30);
        await UntilAsync(() => spill.HasRoom);
        await SpillFixture.StoreAsync(spill, "shop", "a");
    }

    [Fact]
    public async Task A_commit_that_fails_is_unknown_and_the_next_ones_are_safe()
    {
        var fails = false;
        await using (var spill = await SqliteSpill.OpenAsync(SpillFixture.Options(_folder) with
        {
            OnCommit = () =>
            {
                if (Volatile.Read(ref fails))
                    throw new SqliteFault(raw.SQLITE_IOERR, "the test failed the disk");
            },
        }))
        {
            await SpillFixture.StoreAsync(spill, "shop", "a");
            Volatile.Write(ref fails, true);
            Assert.Equal(JournalOutcome.Unknown, (await SpillFixture.AppendAsync(spill, "shop", "lost")).Outcome);
            Volatile.Write(ref fails, false);
            await SpillFixture.StoreAsync(spill, "shop", "b");
            Assert.Equal(2, spill.Status.Events);
        }

        await using var again = await SpillFixture.OpenAsync(_folder);
        Assert.Equal(["shop a", "shop b"], await SpillFixture.DrainAsync(again));
    }

    [Theory]
    [InlineData("UPDATE batches SET body = zeroblob(length(body)) WHERE position = 2")]
    [InlineData("UPDATE batches SET events = 7 WHERE position = 2")]
    [InlineData("UPDATE batches SET received = received + 1 WHERE position = 2")]
    [InlineData("UPDATE batches SET source = 'bl0g' WHERE position = 2")]
    [InlineData("UPDATE batches SET crc = crc + 1 WHERE position = 2")]
    public async Task A_damaged_request_is_set_aside_and_counted_and_the_rest_drains(string damage)
    {
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            foreach (var id in new[] { "a", "b", "c" })
                await SpillFixture.StoreAsync(spill, "blog", id);
        }

        Execute(damage);
        await using (var spill = await OpenAsync())
        {
            Assert.Equal(["blog a", "blog c"], await SpillFixture.DrainAsync(spill));
            Assert.Equal(SpillStatus.Empty with { SetAside = 1 }, spill.Status);
            Assert.Contains("position 2", Assert.Single(_faults), StringComparison.Ordinal);
        }

        // It stays for a person, and is not reported again and again.
        await using var again = await OpenAsync();
        Assert.Equal(1, again.Status.SetAside);
        Assert.Empty(await SpillFixture.DrainAsync(again));
        Assert.Single(_faults);
    }

    [Fact]
    public async Task A_request_of_an_unknown_version_waits_for_a_start_that_can_read_it()
    {
        byte[] readable;
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            foreach (var id in new[] { "a", "b" })
                await SpillFixture.StoreAsync(spill, "blog", id);
        }

        using (var database = Open())
        {
            readable = Body(database, 2);
            Replace(database, [byte.MaxValue, .. readable.AsSpan(1)]);
        }

        await using (var spill = await OpenAsync())
        {
            Assert.Equal(["blog a"], await SpillFixture.DrainAsync(spill));
            Assert.Equal(SpillStatus.Empty with { SetAside = 1 }, spill.Status);
            Assert.Contains("position 2", Assert.Single(_faults), StringComparison.Ordinal);
        }

        // What the file holds once a version that knows it starts.
        using (var database = Open())
        {
            Replace(database, readable);
            database.Execute("UPDATE batches SET aside = 2 WHERE position = 2");
        }

        await using var again = await OpenAsync();
        Assert.Equal(["blog b"], await SpillFixture.DrainAsync(again));
        Assert.Equal(SpillStatus.Empty, again.Status);

        static void Replace(Database database, byte[] body)
        {
            var table = new SpillTable(database);
            table.Delete([2]);
            table.Insert(2, "blog", 1, SpillFixture.Start, body);
        }

        static byte[] Body(Database database, long position)
        {
            using var rows = database.Prepare("SELECT body FROM batches WHERE position = ?1").Bind(1, position).Query();
            Assert.True(rows.Next());
            return rows.Blob(0).ToArray();
        }
    }

    [Fact]
    public async Task A_damaged_file_is_an_error_that_names_it()
    {
        await using (var spill = await SpillFixture.OpenAsync(_folder))
            await SpillFixture.StoreAsync(spill, "shop", "a");
        await using (var spill = await SpillFixture.OpenAsync(_folder))
            Assert.Equal(1, spill.Status.Events);
        // The log was emptied at the second opening: all is in the file.
        using (var file = File.Open(_folder.Of("spill.db"), FileMode.Open))
            file.Write(new byte[64]);

        await SqliteFixture.AssertCorruptAsync(() => SpillFixture.OpenAsync(_folder), "spill.db");
    }

    [Fact]
    public async Task Damage_in_the_log_before_answered_requests_is_an_error()
    {
        using var copy = new TemporaryFolder();
        await using (var spill = await SpillFixture.OpenAsync(_folder))
        {
            for (var i = 0; i < 20; i++)
                await SpillFixture.StoreAsync(spill, "shop", $"event {i}");
            _folder.CopyTo(copy);
        }

        SqliteFixture.FlipBit(copy.Of("spill.db-wal"), bit: 8 * (32 + 24 + 100));
        await SqliteFixture.AssertCorruptAsync(() => SpillFixture.OpenAsync(copy), "spill.db-wal");
    }

    [Fact]
    public async Task A_file_that_is_no_spill_is_refused()
    {
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
            Assert.NotEmpty(journal.Id);
        File.Copy(_folder.Of("journal.db"), _folder.Of("spill.db"));
        await SqliteFixture.AssertCorruptAsync(() => SpillFixture.OpenAsync(_folder), "spill.db");
    }

    private Task<SqliteSpill> OpenAsync() => SqliteSpill.OpenAsync(SpillFixture.Options(_folder) with { OnFault = _faults.Add });

    private Database Open() =>
        Database.Open(_folder.Of("spill.db"), raw.SQLITE_OPEN_READWRITE, cacheKib: 1_000, busy: Patience);

    private void Execute(string sql)
    {
        using var database = Open();
        database.Execute(sql);
        Assert.Equal(1, database.Changes);
    }

    /// <summary>Waits for what the spill's own thread finds out.</summary>
    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (!holds())
            await Task.Delay(20, deadline.Token);
    }
}

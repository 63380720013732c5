using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Rows changed behind the journal's back: the read that meets one says which, and the full check lists it. In what is done and
/// what is expected, <c>@4</c> stands for the position of the block with seq 4, <c>@merged</c> for one of the merged batch.
/// </summary>
public sealed class SqliteDamagedRowTests : IAsyncLifetime
{
    private static readonly PartitionId Partition = Make.Shop;

    private readonly TemporaryFolder _folder = new();
    private SqliteJournal _journal = null!;
    private Batch _pending = null!;
    private Batch _merged = null!;
    private Dictionary<string, long> _positions = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Seq 1-2 shipped, 3-4 pending, 5-6 pending and merged, 7-9 unsealed; counts of an earlier hour. All heads but the newest are folded.</summary>
    public async ValueTask InitializeAsync()
    {
        _journal = await SqliteFixture.OpenAsync(_folder);
        var blocks = Enumerable.Range(1, 9).Select(seq => Make.Block(seq, bodyBytes: 6_000)).ToArray();
        var earlier = new LedgerCounts(new LakeHour(Make.Hour.Number - 2), 1, 0, 0, 1, 0);
        await _journal.AppendAsync(Make.Append(Partition, 1, [], default) with { Counts = [earlier] }, Cancellation);
        foreach (var block in blocks)
            await _journal.AppendAsync(Make.Append(Partition, block), Cancellation);
        var shipped = Make.Seal(Partition, blocks[..2]);
        var pending = Make.Seal(Partition, blocks[2..4]);
        var merged = Make.Seal(Partition, blocks[4..6], merged: Make.Body(5, 1_500_000));
        foreach (var seal in new[] { shipped, pending, merged })
            Assert.Equal(JournalResult.Committed, await _journal.SealAsync(seal, Cancellation));
        await _journal.ConfirmAsync(shipped.Batch.Id, Make.Shipped(shipped.Batch), Cancellation);
        Assert.Equal(JournalResult.Committed, await _journal.CloseHourAsync(new LakeHour(Make.Hour.Number - 1), Cancellation));
        (_pending, _merged) = (pending.Batch, merged.Batch);
        using (var database = SqliteFixture.Connect(_folder))
        {
            _positions = new[] { "3", "4" }.ToDictionary(seq => "@" + seq, seq => database.Scalar($"SELECT position FROM blocks WHERE seq = {seq}"), StringComparer.Ordinal);
            _positions["@merged"] = database.Scalar("SELECT position + 1 FROM batches WHERE merged_pieces = 2");
            Assert.True(database.Scalar("SELECT count(*) FROM new_heads") > 0, "The test needs a head that is not folded.");
        }

        Assert.Empty(await _journal.CheckAsync(Cancellation));
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("UPDATE partitions SET next_seq = 5", "partitions", "shop/0")]
    [InlineData("UPDATE partitions SET good_blocks = 2", "partitions", "shop/0")]
    [InlineData("UPDATE partitions SET partition_count = 1", "partitions", "shop/0")]
    [InlineData("UPDATE partitions SET partition_count = 0", "partitions", "shop/0")]
    [InlineData("UPDATE new_heads SET next_seq = 5", "new_heads", "shop/0")]
    [InlineData("UPDATE new_heads SET duplicates = 5", "new_heads", "shop/0")]
    [InlineData("UPDATE blocks SET events = 3 WHERE seq = 8", "blocks", "seq 8")]
    [InlineData("UPDATE blocks SET previous = @4 WHERE seq = 8", "blocks", "seq 8")]
    [InlineData("UPDATE blocks SET seq = 10 WHERE seq = 9", "blocks", "seq 10")]
    [InlineData("DELETE FROM blocks WHERE seq = 8", "blocks", "only the last 1 of 3 blocks")]
    [InlineData("UPDATE ids SET ids = zeroblob(32) WHERE first_seq = 4", "ids", "first seq 4")]
    [InlineData("UPDATE ids SET clock = clock - 1 WHERE first_seq = 4", "ids", "first seq 4")]
    [InlineData("UPDATE ids SET previous = 0 WHERE first_seq = 4", "ids", "first seq 4")]
    [InlineData("DELETE FROM ids WHERE first_seq = 1", "ids", "first seq 1")]
    [InlineData("DELETE FROM ids WHERE first_seq = 4", "ids", "first seq 4")]
    [InlineData("DELETE FROM ids WHERE first_seq = 9", "ids", "first seq 9")]
    [InlineData("DELETE FROM ids", "ids", "first seq 9")]
    [InlineData("UPDATE meta SET journal = '498617' WHERE id = 2", "meta", "row 2")]
    public async Task Recovery_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, async () => await _journal.ReadPartitionAsync(Partition, int.MaxValue, default, Cancellation));

    [Theory]
    [InlineData("UPDATE bodies SET body = zeroblob(6000) WHERE position = @4", "bodies", "position @4")]
    [InlineData("UPDATE bodies SET body = (SELECT body FROM bodies WHERE position = @3), crc = (SELECT crc FROM bodies WHERE position = @3) WHERE position = @4", "bodies", "position @4")]
    [InlineData("DELETE FROM bodies WHERE position = @4", "bodies", "position @4")]
    [InlineData("DELETE FROM blocks WHERE seq = 4", "blocks", "from seq 3")]
    [InlineData("UPDATE blocks SET position = 1000 WHERE seq = 4", "blocks", "from seq 3")]
    [InlineData("UPDATE batches SET body_bytes = 5 WHERE from_seq = 3", "batches", "from seq 3")]
    public async Task Shipping_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, () => ReadAsync(_pending));

    [Theory]
    [InlineData("UPDATE bodies SET body = zeroblob(9) WHERE position = @merged", "bodies", "position @merged")]
    [InlineData("DELETE FROM bodies WHERE position = @merged", "bodies", "position @merged")]
    public async Task Shipping_a_merged_batch_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, () => ReadAsync(_merged));

    [Theory]
    [InlineData("UPDATE batches SET sealed_at = 0 WHERE from_seq = 3", "batches", "from seq 3")]
    [InlineData("DELETE FROM batches WHERE from_seq = 3", "batches", "1 batches")]
    public async Task Looking_for_work_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, async () => await _journal.ReadPendingAsync(Lane.All, 10, new HashSet<BatchId>(), Cancellation));

    [Theory]
    [InlineData("UPDATE ledger SET good = good + 1", "ledger")]
    [InlineData("UPDATE new_heads SET good = good + 1", "new_heads")]
    public async Task The_ledger_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, async () => await _journal.ReadLedgerAsync(default, Cancellation).ToListAsync(Cancellation));

    [Theory]
    [InlineData("UPDATE shipped SET sha256 = 'b'", "shipped", "from seq 1")]
    [InlineData("UPDATE shipped SET key = 'b'", "shipped", "from seq 1")]
    public async Task The_audit_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, async () => await _journal.ReadShippedAsync(default, Cancellation).ToListAsync(Cancellation));

    [Theory]
    [InlineData("UPDATE totals SET pending_events = 0", "totals")]
    [InlineData("DELETE FROM totals", "totals")]
    public async Task Status_meets_damage(string sql, params string[] named) =>
        await AssertFoundAsync(sql, named, async () => await _journal.ReadStatusAsync(Cancellation));

    [Theory]
    [InlineData("DELETE FROM ledger", "ledger")]
    [InlineData("DELETE FROM shipped", "shipped")]
    [InlineData("DELETE FROM new_heads", "partitions")]
    [InlineData("INSERT INTO bodies VALUES(99, 0, x'00')", "bodies")]
    public async Task The_full_check_finds_what_no_read_meets(string sql, string named)
    {
        SqliteFixture.Execute(_folder, sql);
        Assert.Contains(await _journal.CheckAsync(Cancellation), finding => finding.Contains($"table {named}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_write_that_meets_damage_is_refused_alone()
    {
        SqliteFixture.Execute(_folder, "UPDATE blocks SET events = 3 WHERE seq = 8");
        var blocks = Enumerable.Range(7, 3).Select(seq => Make.Block(seq, bodyBytes: 6_000)).ToArray();
        var seal = _journal.SealAsync(Make.Seal(Partition, blocks), Cancellation).AsTask();
        var append = _journal.AppendAsync(Make.Append(new PartitionId("near", 1), Make.Block(1)), Cancellation).AsTask();

        Assert.Equal(JournalResult.Committed, await append);
        var refused = await seal;
        Assert.Equal(JournalOutcome.Refused, refused.Outcome);
        Assert.Contains("seq 8", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_confirmation_never_drops_what_it_cannot_account_for()
    {
        SqliteFixture.Execute(_folder, "DELETE FROM blocks WHERE seq = 4");
        var result = await _journal.ConfirmAsync(_pending.Id, Make.Shipped(_pending), Cancellation);
        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        Assert.Contains("blocks", result.Reason, StringComparison.Ordinal);
    }

    private async Task AssertFoundAsync(string sql, string[] named, Func<Task> read)
    {
        await read();
        SqliteFixture.Execute(_folder, WithPositions(sql));
        await SqliteFixture.AssertCorruptAsync(read, [_folder.Of("journal.db"), $"table {named[0]}", .. named.Select(WithPositions)]);
        var findings = await _journal.CheckAsync(Cancellation);
        Assert.Contains(findings, finding => finding.Contains($"table {named[0]}", StringComparison.Ordinal));
    }

    private string WithPositions(string text) => _positions.Aggregate(
        text, (changed, position) => changed.Replace(position.Key, position.Value.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));

    private async Task ReadAsync(Batch batch)
    {
        await foreach (var chunk in _journal.ReadBatchAsync(batch, Cancellation))
            Assert.False(chunk.IsEmpty);
    }
}

using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>Generations come, are emptied and go, step by step: the journals of these tests look after them at the test's wish alone.</summary>
public sealed class PostgresGenerationTests(PostgresFixture fixture) : IAsyncLifetime
{
    private string? _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await fixture.NewJournalAsync();

    public async ValueTask DisposeAsync() => await fixture.DropAsync(_database);

    [Fact]
    public async Task What_is_stuck_moves_on_and_the_old_generation_goes()
    {
        await using var journal = await OpenAsync();
        var (waiting, merged, open) = (new PartitionId("waiting", 0), new PartitionId("merged", 0), new PartitionId("open", 0));
        Block[] blocks = [.. Enumerable.Range(1, 20).Select(seq => Make.Block(seq, bodyBytes: 3_000))];
        Block[] mixed = [Make.Block(1), Make.Block(2, LakeStream.Quarantine, bodyBytes: 40_000), Make.Block(3)];
        await CommitAsync(journal.AppendAsync(Make.Append(waiting, blocks), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(merged, blocks), Cancellation));
        await CommitAsync(journal.AppendAsync(Make.Append(open, mixed), Cancellation));
        var seal = Make.Seal(waiting, blocks[..15]);
        var body = Make.Body(7, 2_500_000);
        var mergedSeal = Make.Seal(merged, blocks, merged: body);
        await CommitAsync(journal.SealAsync(seal, Cancellation));
        await CommitAsync(journal.SealAsync(mergedSeal, Cancellation));

        for (var round = 1; round <= 3; round++)
        {
            var before = await TablesAsync("blocks");
            await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(round)), Cancellation));
            await journal.Keeper.RunOnceAsync(Cancellation); // Closes the open one, and moves what is left in it,
            await journal.Keeper.RunOnceAsync(Cancellation); // and drops it.
            Assert.Empty((await TablesAsync("blocks")).Intersect(before));

            Assert.Equal(Make.BytesOf(blocks[..15]), await CollectAsync(journal.ReadBatchAsync(seal.Batch, Cancellation)));
            Assert.Equal(body, await CollectAsync(journal.ReadBatchAsync(mergedSeal.Batch, Cancellation)));
            Assert.Equal(blocks[15..].Select(b => b.Info), (await journal.ReadPartitionAsync(waiting, 0, default, Cancellation)).Unsealed);
            Assert.Equal(mixed.Select(b => b.Info), (await journal.ReadPartitionAsync(open, 0, default, Cancellation)).Unsealed);
            Assert.Equal(mixed[1].Body.ToArray(), await CollectAsync(journal.ReadBlocksAsync(open, LakeStream.Quarantine, 1, 3, Cancellation)));
        }
    }

    /// <summary>A writer remembers which generation is open. One that was closed meanwhile takes nothing any more, or what another wrote of the partition would be behind it.</summary>
    [Fact]
    public async Task A_generation_that_another_process_closed_takes_no_more()
    {
        await using var journal = await OpenAsync(shareMax: 0);
        await using var other = await OpenAsync(shareMax: 0);
        for (var seq = 1; seq <= 3; seq++)
        {
            await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(seq)), Cancellation));
            var written = $"(SELECT array_agg(seq) FROM ingest.blocks_{seq}) = '{{{seq}}}' AND (SELECT array_agg(first_seq) FROM ingest.ids_{seq}) = '{{{seq}}}'";
            Assert.True(await PostgresServer.ScalarAsync<bool>(_database!, $"SELECT {written}"));
            await other.Keeper.RunOnceAsync(Cancellation);
        }

        Assert.Equal(["blocks_1", "blocks_2", "blocks_3", "blocks_4"], await TablesAsync("blocks"));
        Assert.Equal([1, 2, 3], (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).Unsealed.Select(b => b.Seq));
    }

    /// <summary>As the conformance suite's, while generations of a few rows come and go.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_random_history_agrees_with_the_model(int seed)
    {
        await using var journal = await OpenAsync();
        var steps = JournalHistory.StepsOf(full: 600);
        var history = new JournalHistory(seed);
        for (var step = 1; step <= steps; step++)
        {
            await history.StepAsync(journal, Cancellation);
            if (step % 10 == 0)
                await journal.Keeper.RunOnceAsync(Cancellation);
            if (step % 100 == 0)
                await history.CompareAsync(journal, Cancellation);
        }

        Assert.DoesNotContain("blocks_1", await TablesAsync("blocks"));
    }

    [Fact]
    public async Task What_is_mostly_needed_stays_where_it_is()
    {
        await using var journal = await OpenAsync(shareMax: 0);
        Block[] blocks = [.. Enumerable.Range(1, 20).Select(seq => Make.Block(seq, bodyBytes: 3_000))];
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var seal = Make.Seal(Make.Shop, blocks);
        await CommitAsync(journal.SealAsync(seal, Cancellation));
        for (var look = 0; look < 3; look++)
            await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(["blocks_1", "blocks_2"], await TablesAsync("blocks"));

        await CommitAsync(journal.ConfirmAsync(seal.Batch.Id, Make.Shipped(seal.Batch), Cancellation));
        await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(["blocks_2"], await TablesAsync("blocks"));
    }

    [Fact]
    public async Task Ids_go_when_they_are_forgotten()
    {
        await using var journal = await OpenAsync();
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
        await journal.Keeper.RunOnceAsync(Cancellation);
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(2)), Cancellation));
        await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(["ids_1", "ids_2", "ids_3"], await TablesAsync("ids"));
        Assert.Equal([1, 2], (await journal.ReadPartitionAsync(Make.Shop, int.MaxValue, default, Cancellation)).Ids.Select(r => r.FirstSeq));

        await CommitAsync(journal.AppendAsync(new Append(Make.Shop, Make.PartitionCount, 3, [], default, 2, default, []), Cancellation));
        await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(["ids_2", "ids_3"], await TablesAsync("ids"));
        Assert.Equal([2], (await journal.ReadPartitionAsync(Make.Shop, int.MaxValue, default, Cancellation)).Ids.Select(r => r.FirstSeq));
    }

    [Fact]
    public async Task Ids_of_partitions_that_went_silent_go_by_age()
    {
        await using var journal = await OpenAsync(dedupeAge: TimeSpan.FromMilliseconds(1));
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, Make.Block(1)), Cancellation));
        await journal.Keeper.RunOnceAsync(Cancellation);
        await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation); // Until they are too old, by the clock of the server.
        await journal.Keeper.RunOnceAsync(Cancellation);
        Assert.Equal(["ids_2"], await TablesAsync("ids"));
    }

    [Theory]
    [InlineData("UPDATE ingest.blocks_1 SET body = overlay(body placing '\\x00'::bytea from 50) WHERE seq = 2", "blocks_1", "seq 2")]
    [InlineData("UPDATE ingest.blocks_1 SET events = events + 1 WHERE seq = 2", "blocks_1", "seq 2")]
    [InlineData("UPDATE ingest.blocks_1 SET seq = 9 WHERE seq = 2", "blocks_1", "partition id")]
    [InlineData("DELETE FROM ingest.blocks_1 WHERE seq = 3", "blocks_1", "partition id")]
    public async Task Damage_is_named_with_table_and_row(string sql, string table, string row)
    {
        await using var journal = await OpenAsync();
        Block[] blocks = [Make.Block(1), Make.Block(2), Make.Block(3)];
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        var seal = Make.Seal(Make.Shop, blocks);
        await CommitAsync(journal.SealAsync(seal, Cancellation));
        await PostgresServer.ExecuteAsync(_database!, sql);
        var fault = await Assert.ThrowsAsync<JournalCorruptException>(() => CollectAsync(journal.ReadBatchAsync(seal.Batch, Cancellation)));
        Assert.Contains(table, fault.Message, StringComparison.Ordinal);
        Assert.Contains(row, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_ids_are_named_and_blocks_that_vanished_are_not_sealed_over()
    {
        await using var journal = await OpenAsync();
        Block[] blocks = [Make.Block(1), Make.Block(2), Make.Block(3)];
        await CommitAsync(journal.AppendAsync(Make.Append(Make.Shop, blocks), Cancellation));
        await PostgresServer.ExecuteAsync(_database!, "UPDATE ingest.ids_1 SET ids = overlay(ids placing '\\x00'::bytea from 5)");
        var fault = await Assert.ThrowsAsync<JournalCorruptException>(
            async () => await journal.ReadPartitionAsync(Make.Shop, int.MaxValue, default, Cancellation));
        Assert.Contains("ids_1", fault.Message, StringComparison.Ordinal);

        await PostgresServer.ExecuteAsync(_database!, "DELETE FROM ingest.blocks_1 WHERE seq = 3");
        var result = await journal.SealAsync(Make.Seal(Make.Shop, blocks[..2]), Cancellation);
        Assert.Equal(JournalOutcome.Refused, result.Outcome);
        Assert.Contains("shop/0", result.Reason, StringComparison.Ordinal);
        await Assert.ThrowsAsync<JournalCorruptException>(async () => await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation));
    }

    private async Task<PostgresJournal> OpenAsync(double shareMax = 10, TimeSpan? dedupeAge = null) => await PostgresJournal.OpenAsync(
        PostgresFixture.Options(_database!) with
        {
            GenerationBytesMax = 1,
            EvacuateAfter = TimeSpan.FromTicks(10),
            EvacuateShareMax = shareMax,
            DedupeAgeMax = dedupeAge ?? TimeSpan.FromDays(1),
            MaintenancePeriod = Timeout.InfiniteTimeSpan,
        },
        Cancellation);

    private async Task<string[]> TablesAsync(string kind) => (await PostgresServer.ScalarAsync<string>(
        _database!,
        $"SELECT coalesce(string_agg(relname, ',' ORDER BY oid), '') FROM pg_class WHERE relkind = 'r' AND relname ~ '^{kind}_[0-9]+$'")).Split(',');

    private static async Task CommitAsync(ValueTask<JournalResult> write) => Assert.Equal(JournalResult.Committed, await write);

    private static async Task<byte[]> CollectAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks)
    {
        using var all = new MemoryStream();
        await foreach (var chunk in chunks)
            all.Write(chunk.Span);
        return all.ToArray();
    }
}

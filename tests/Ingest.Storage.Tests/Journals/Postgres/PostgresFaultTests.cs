using System.Collections.Concurrent;
using Ingest.Engine;
using Ingest.TestKit;

[assembly: AssemblyFixture(typeof(CrashablePostgres))]

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>What a server does to the journal that dies, or hangs: one of their own, with a database for each.</summary>
public sealed class PostgresFaultTests : IAsyncLifetime
{
    private PostgresServer? _server;
    private string _database = "";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private PostgresServer Server => _server ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await CrashablePostgres.RequireAsync();
        _database = await Server.NewDatabaseAsync();
        await PostgresMigrations.RunAsync(_database, _ => { }, Cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task What_was_committed_survives_a_crash()
    {
        const int Partitions = 8;
        await using var journal = await OpenAsync();
        var committed = new ConcurrentDictionary<PartitionId, long>();
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = Task.WhenAll(Enumerable.Range(0, Partitions).Select(number => Task.Run(() => WriteAsync(new PartitionId("crash", number)), Cancellation)));
        await enough.Task.WaitAsync(Deadline.Delivery, Cancellation);
        await Server.CrashAsync();
        var lasts = await writing.WaitAsync(Deadline.Delivery, Cancellation);
        await Server.StartAgainAsync();

        for (var number = 0; number < Partitions; number++)
        {
            var partition = new PartitionId("crash", number);
            var snapshot = await journal.ReadPartitionAsync(partition, int.MaxValue, default, Cancellation);
            var (known, last) = (committed.GetValueOrDefault(partition), lasts[number]);

            // The last one is there or not where its outcome was unknown; none that was refused is.
            Assert.InRange(snapshot.NextSeq - 1, known, last.Outcome == JournalOutcome.Unknown ? known + 1 : known);
            var bodies = Make.BytesOf(Enumerable.Range(1, (int)snapshot.NextSeq - 1).Select(seq => Make.Block(seq, seed: number)));
            var stored = await CollectAsync(journal.ReadBlocksAsync(partition, LakeStream.Good, 1, long.MaxValue, Cancellation));
            Assert.True(bodies.AsSpan().SequenceEqual(stored));
            Assert.Equal(snapshot.NextSeq - 1, snapshot.Ids.Count);
            Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(partition, snapshot.NextSeq), Cancellation));
        }

        // Writes until something fails, which must be the crash.
        async Task<JournalResult> WriteAsync(PartitionId partition)
        {
            for (var seq = 1L; ; seq++)
            {
                var result = await journal.AppendAsync(AppendOf(partition, seq), CancellationToken.None);
                if (result.Outcome != JournalOutcome.Committed)
                {
                    Assert.NotEqual(JournalOutcome.Fenced, result.Outcome);
                    return result;
                }

                committed[partition] = seq;
                if (seq == 100)
                    enough.TrySetResult();
            }
        }
    }

    [Fact]
    public async Task A_server_that_hangs_ends_in_refusals_and_is_found_again()
    {
        await using var journal = await OpenAsync(queueAppendsMax: 2);
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 1), Cancellation));
        await Server.PauseAsync();
        try
        {
            // Of one partition, so that those behind the first wait in the queue, which takes two.
            var results = await Task.WhenAll(Enumerable.Range(2, 10).Select(seq => journal.AppendAsync(AppendOf(Make.Shop, seq), Cancellation).AsTask()));
            Assert.All(results, result => Assert.True(result.Outcome is JournalOutcome.Refused or JournalOutcome.Unknown, $"{result}"));
            Assert.Contains(results, result => result is { Outcome: JournalOutcome.Refused, Reason: "too many appends wait for the database", IsUnreachable: false });
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            Assert.Equal(JournalMessages.CancelledWhileWaiting, await journal.AppendAsync(AppendOf(Make.Shop, 2), impatient.Token));
            await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.ReadStatusAsync(Cancellation));
        }
        finally
        {
            await Server.ResumeAsync();
        }

        // What hung may come through now, one after the other, so the end of it is found as a partition finds it: by its fence.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(Deadline.Delivery);
        JournalResult last;
        long next;
        do
        {
            patience.Token.ThrowIfCancellationRequested();
            next = (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq;
            last = await journal.AppendAsync(AppendOf(Make.Shop, next), Cancellation);
        }
        while (last.Outcome != JournalOutcome.Committed);
        var stored = await CollectAsync(journal.ReadBlocksAsync(Make.Shop, LakeStream.Good, 1, long.MaxValue, Cancellation));
        Assert.True(Make.BytesOf(Enumerable.Range(1, (int)next).Select(seq => Make.Block(seq, seed: 0))).AsSpan().SequenceEqual(stored));
    }

    [Fact]
    public async Task A_server_that_was_stopped_is_unavailable_and_then_serves_again()
    {
        await using var journal = await OpenAsync();
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 1), Cancellation));
        await Server.StopAsync();
        var refused = await journal.AppendAsync(AppendOf(Make.Shop, 2), Cancellation);
        Assert.Equal((JournalOutcome.Refused, true), (refused.Outcome, refused.IsUnreachable));
        Assert.Equal(JournalOutcome.Refused, (await journal.ForgetBeforeAsync(Make.Hour, Cancellation)).Outcome);
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation));
        await Server.StartAgainAsync();
        Assert.Equal(2, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 2), Cancellation));
    }

    [Fact]
    public async Task A_restart_between_two_appends_costs_neither()
    {
        await using var journal = await OpenAsync();
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 1), Cancellation));
        await Server.CrashAsync();
        await Server.StartAgainAsync();
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 2), Cancellation));
        Assert.Equal(3, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
    }

    [Fact]
    public async Task A_commit_without_the_standby_that_it_must_wait_for_counts_neither_as_stored_nor_as_a_duplicate()
    {
        await using var journal = await OpenAsync();
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 1), Cancellation));
        await SetStandbyAsync("nobody");
        Assert.Equal(JournalOutcome.Unknown, (await journal.AppendAsync(AppendOf(Make.Shop, 2), Cancellation)).Outcome);
        // The server shows it to every reader, though it is on one machine alone.
        Assert.Equal(3, await PostgresServer.ScalarAsync<long>(_database, "SELECT max(next_seq) FROM ingest.partitions"));
        await Assert.ThrowsAsync<JournalUnavailableException>(async () => await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation));

        await SetStandbyAsync("");
        Assert.Equal(3, (await journal.ReadPartitionAsync(Make.Shop, 0, default, Cancellation)).NextSeq);
        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(Make.Shop, 3), Cancellation));

        async Task SetStandbyAsync(string names)
        {
            await PostgresServer.ExecuteAsync(_database, $"ALTER SYSTEM SET synchronous_standby_names = '{names}'");
            await PostgresServer.ExecuteAsync(_database, "SELECT pg_reload_conf()");
            await Deadline.UntilAsync<object>(
                async () => await PostgresServer.ScalarAsync<string>(_database, "SHOW synchronous_standby_names") == names ? names : null,
                Deadline.Process,
                () => $"the server does not take '{names}' as its standbys");
        }
    }

    [Fact]
    public async Task A_partition_that_another_holds_fails_without_its_neighbours()
    {
        await using var journal = await OpenAsync();
        var (held, free) = (new PartitionId("held", 0), new PartitionId("free", 0));
        Assert.All(
            await Task.WhenAll(journal.AppendAsync(AppendOf(held, 1), Cancellation).AsTask(), journal.AppendAsync(AppendOf(free, 1), Cancellation).AsTask()),
            result => Assert.Equal(JournalResult.Committed, result));
        await using var other = new Npgsql.NpgsqlConnection(_database);
        await other.OpenAsync(Cancellation);
        await using (var transaction = await other.BeginTransactionAsync(Cancellation))
        {
            await using var command = new Npgsql.NpgsqlCommand("SELECT FROM ingest.partitions WHERE source = 'held' FOR UPDATE", other);
            await command.ExecuteNonQueryAsync(Cancellation);
            var results = await Task.WhenAll(journal.AppendAsync(AppendOf(held, 2), Cancellation).AsTask(), journal.AppendAsync(AppendOf(free, 2), Cancellation).AsTask());
            Assert.Equal((JournalOutcome.Refused, false), (results[0].Outcome, results[0].IsUnreachable));
            Assert.Equal(JournalResult.Committed, results[1]);
        }

        Assert.Equal(JournalResult.Committed, await journal.AppendAsync(AppendOf(held, 2), Cancellation));
    }

    private static Append AppendOf(PartitionId partition, long seq) =>
        Make.Append(partition, Make.Block(seq, seed: partition.Number)) with { PartitionCount = 8 };

    private async Task<PostgresJournal> OpenAsync(int queueAppendsMax = 4_096) => await PostgresJournal.OpenAsync(
        new PostgresJournalOptions
        {
            ConnectionString = _database,
            WriteTimeout = TimeSpan.FromSeconds(2),
            ReadTimeout = TimeSpan.FromSeconds(2),
            QueueAppendsMax = queueAppendsMax,
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

using Ingest.Engine;
using Ingest.Storage.Postgres;
using Npgsql;

namespace Ingest.Storage.Tests.Journals.Postgres;

/// <summary>What a group of writes comes to when its transaction fails again and again, by faults of our choice.</summary>
public sealed class PostgresGroupTests(PostgresFixture fixture) : IAsyncLifetime
{
    private string? _database;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await fixture.NewJournalAsync();

    public async ValueTask DisposeAsync() => await fixture.DropAsync(_database);

    /// <summary>A busy time: generations were closed five times under the group, and then a stale writer was found in it.</summary>
    [Fact]
    public async Task A_stale_writer_is_fenced_however_late_it_is_found()
    {
        var (stale, sound) = (AppendOf(0), AppendOf(1));
        var closed = Enumerable.Repeat(Faults.ClosedGenerationCode, 5);

        await RunAsync([.. closed, Faults.FencedCode], [stale, sound], stale);

        Assert.Equal(JournalOutcome.Fenced, stale.Result.Outcome);
        Assert.Equal(JournalResult.Committed, sound.Result);
    }

    [Fact]
    public async Task What_others_do_for_ever_is_refused_and_the_database_not_blamed()
    {
        var write = AppendOf(0);

        await RunAsync(Enumerable.Repeat(Faults.ClosedGenerationCode, 100), [write], stale: null);

        Assert.Equal(JournalOutcome.Refused, write.Result.Outcome);
        Assert.False(write.Result.IsUnreachable);
    }

    private async Task RunAsync(IEnumerable<string> faults, PostgresWrite[] writes, PostgresWrite? stale)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.OpenAsync(Cancellation);
        await new ScriptedCommit(PostgresFixture.Options(_database!), new Queue<string>(faults), stale).RunAsync(writes, () => Task.FromResult(connection));
    }

    private static PostgresWrite AppendOf(int number) => new Storage.Postgres.AppendWrite(Make.Append(new PartitionId("group", number), [Make.Block(1)]));

    /// <summary>Fails with one SQLSTATE after the other, then commits.</summary>
    private sealed class ScriptedCommit(PostgresJournalOptions options, Queue<string> faults, PostgresWrite? stale)
        : GroupCommit(new PartitionKeys(), options)
    {
        protected override Task TryAsync(Session session, IReadOnlyList<PostgresWrite> writes, GroupStep step) =>
            faults.TryDequeue(out var state) ? throw new PostgresException("scripted", "ERROR", "ERROR", state) : Task.CompletedTask;

        protected override Task<IReadOnlyList<PostgresWrite>?> LeaveOutAsync(Session session, IReadOnlyList<PostgresWrite> writes, Exception fault)
        {
            if (!Faults.IsFenced(fault))
                return Task.FromResult<IReadOnlyList<PostgresWrite>?>(writes);
            stale!.Result = new JournalResult(JournalOutcome.Fenced);
            return Task.FromResult<IReadOnlyList<PostgresWrite>?>([.. writes.Where(write => write != stale)]);
        }
    }
}

using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Files cut, changed, lost or put in place of others: afterwards everything that was answered reads back, or an error
/// names the file. Never less than that, and never in silence.
/// </summary>
public sealed class SqliteDamagedFileTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly JournalHistory _history = new(seed: 7);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>What a killed process leaves: an older part in journal.db, the rest in its log.</summary>
    public async ValueTask InitializeAsync()
    {
        using var running = new TemporaryFolder();
        await using (var journal = await SqliteFixture.OpenAsync(running))
        {
            await StepAsync(journal, 60);
            for (var i = 0; i < 120; i++)
                await _history.AppendAsync(journal, Cancellation);
        }

        // A step of housekeeping at the end of the log would be no loss.
        var noSteps = SqliteFixture.Options(running) with { NewHeadsMax = int.MaxValue, IdRowsPerStep = int.MaxValue };
        await using (var journal = await SqliteJournal.OpenAsync(noSteps))
        {
            await StepAsync(journal, 40);
            await SqliteFixture.UntilFreedAsync(running, Cancellation);
            await _history.AppendAsync(journal, Cancellation);
            running.CopyTo(_folder);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Unharmed_files_hold_everything()
    {
        await using var journal = await SqliteFixture.OpenAsync(_folder);
        await _history.CompareAsync(journal, Cancellation);
        Assert.Empty(await journal.CheckAsync(Cancellation));
    }

    [Theory]
    [InlineData("journal.db", 80)]
    [InlineData("journal.db-wal", 80)]
    [InlineData("journal.mark", 20)]
    [InlineData("journal.id", 20)]
    public async Task A_flipped_bit_is_harmless_or_named(string name, int flips)
    {
        if (LongRun.IsWanted)
            flips *= 10;
        var random = new Random(name.Length);
        var bits = new FileInfo(_folder.Of(name)).Length * 8;
        var found = 0;
        for (var i = 0; i < flips; i++)
        {
            var bit = random.NextInt64(bits);
            if (await IsNamedAsync(copy => SqliteFixture.FlipBit(copy.Of(name), bit)))
                found++;
        }

        Assert.True(found > flips / 10, "Hardly any flip was found: the test does not damage what it should.");
    }

    [Fact]
    public async Task A_log_cut_off_anywhere_is_named()
    {
        var length = new FileInfo(_folder.Of("journal.db-wal")).Length;
        const int Frame = 24 + Database.PageBytes;
        long[] lengths = [0, 10, 32, 32 + Frame, 32 + (2 * Frame) + 100, length / 2, 32 + ((length / 2 / Frame) * Frame), length - Frame, length - 100, length - 1];
        foreach (var cut in lengths)
            Assert.True(await IsNamedAsync(copy => SqliteFixture.Truncate(copy.Of("journal.db-wal"), cut)), $"cut at {cut}");
    }

    [Fact]
    public async Task A_database_cut_off_anywhere_is_harmless_or_named()
    {
        var length = new FileInfo(_folder.Of("journal.db")).Length;
        foreach (var cut in new[] { 0, 1, 99, 4_096, length / 3, length / 2, length - 8_192, length - 4_096, length - 1 })
            await IsNamedAsync(copy => SqliteFixture.Truncate(copy.Of("journal.db"), cut));
        Assert.True(await IsNamedAsync(copy => SqliteFixture.Truncate(copy.Of("journal.db"), 0)));
        Assert.True(await IsNamedAsync(copy => SqliteFixture.Truncate(copy.Of("journal.db"), length / 2)));
    }

    [Theory]
    [InlineData("journal.db")]
    [InlineData("journal.db-wal")]
    [InlineData("journal.id")]
    [InlineData("journal.db", "journal.db-wal")]
    [InlineData("journal.db", "journal.db-wal", "journal.db-shm")]
    [InlineData("journal.db", "journal.id")]
    [InlineData("journal.db-wal", "journal.db-shm")]
    public async Task Deleted_files_are_named(params string[] names)
    {
        Assert.True(await IsNamedAsync(copy =>
        {
            foreach (var name in names)
                File.Delete(copy.Of(name));
        }));
    }

    [Theory]
    [InlineData("journal.mark")]
    [InlineData("journal.db-shm")]
    public async Task Files_that_hold_nothing_may_be_deleted(string name) =>
        Assert.False(await IsNamedAsync(copy => File.Delete(copy.Of(name))));

    [Fact]
    public async Task Shared_memory_is_rebuilt_from_the_log() => Assert.False(await IsNamedAsync(copy =>
    {
        var garbage = new byte[32_768];
        new Random(3).NextBytes(garbage);
        File.WriteAllBytes(copy.Of("journal.db-shm"), garbage);
    }));

    [Theory]
    [InlineData("journal.db")]
    [InlineData("journal.db", "journal.db-wal")]
    [InlineData("journal.db-wal")]
    [InlineData("journal.id")]
    [InlineData("journal.mark")]
    public async Task Files_of_another_journal_are_named(params string[] names)
    {
        using var other = new TemporaryFolder();
        using var otherCopy = new TemporaryFolder();
        await using (var journal = await SqliteFixture.OpenAsync(other))
        {
            await StepAsync(new JournalHistory(seed: 8), journal, 80);
            other.CopyTo(otherCopy);
        }

        Assert.True(await IsNamedAsync(copy =>
        {
            foreach (var name in names)
                File.Copy(otherCopy.Of(name), copy.Of(name), overwrite: true);
        }));
    }

    [Fact]
    public async Task An_older_copy_of_the_same_journal_is_named()
    {
        using var older = new TemporaryFolder();
        _folder.CopyTo(older);
        await using (var journal = await SqliteFixture.OpenAsync(_folder))
            await StepAsync(journal, 40);

        Assert.True(await IsNamedAsync(copy =>
        {
            File.Copy(older.Of("journal.db"), copy.Of("journal.db"), overwrite: true);
            File.Copy(older.Of("journal.db-wal"), copy.Of("journal.db-wal"), overwrite: true);
        }));
    }

    private Task StepAsync(SqliteJournal journal, int steps) => StepAsync(_history, journal, steps);

    private static async Task StepAsync(JournalHistory history, SqliteJournal journal, int steps)
    {
        for (var i = 0; i < steps; i++)
            await history.StepAsync(journal, Cancellation);
    }

    /// <summary>Damages a copy, opens it and reads everything.</summary>
    /// <returns>True where an error named a file; false where everything is there. Anything else fails.</returns>
    private async Task<bool> IsNamedAsync(Action<TemporaryFolder> damage)
    {
        using var copy = new TemporaryFolder();
        _folder.CopyTo(copy);
        damage(copy);
        try
        {
            await using var journal = await SqliteFixture.OpenAsync(copy);
            await _history.CompareAsync(journal, Cancellation);
            return false;
        }
        catch (Exception fault) when (fault is JournalCorruptException or JournalUnavailableException)
        {
            Assert.Contains(copy.Of("journal."), fault.Message, StringComparison.Ordinal);
            return true;
        }
    }
}

using System.Globalization;
using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Journals of versions 2 and 3 with rows in every table, made from one of today by taking away what came later: the upgrade
/// keeps every row, and works out the sums.
/// </summary>
public sealed class SqliteUpgradeOfRowsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly JournalHistory _history = new(seed: 5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_row_is_kept_and_counted(int version)
    {
        await WriteAsync();
        MakeOlder(version);
        for (var open = 0; open < 2; open++)
        {
            await using var journal = await OpenAsync();
            await _history.CompareAsync(journal, Cancellation);
            Assert.Empty(await journal.CheckAsync(Cancellation));
            Assert.Equal(version == 3, await journal.WasRelayedAsync("west", "key", "sum", Cancellation));
            await _history.AppendAsync(journal, Cancellation);
            Assert.Empty(await journal.CheckAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Without_its_marker_it_is_named_as_before()
    {
        await WriteAsync();
        MakeOlder(version: 3);
        File.Delete(_folder.Of("journal.id"));
        await SqliteFixture.AssertCorruptAsync(OpenAsync, _folder.Of("journal.id"), "missing beside a journal in use");
    }

    private async Task WriteAsync()
    {
        await using var journal = await OpenAsync();
        for (var i = 0; i < 80 || (await journal.ReadStatusAsync(Cancellation)).PendingBatches == 0; i++)
            await _history.StepAsync(journal, Cancellation);
        var relayed = new RelayedObject("west", "key", "sum", Make.Hour.End);
        Assert.Equal(JournalResult.Committed, await journal.RecordRelayedAsync(relayed, Cancellation));
    }

    private Task<SqliteJournal> OpenAsync() =>
        SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { CheckAtOpenBytesMax = long.MaxValue });

    private void MakeOlder(int version)
    {
        using var database = SqliteFixture.Connect(_folder);
        foreach (var table in new[] { "partitions", "blocks", "ids", "batches", "shipped", "ledger", "relayed" })
            Assert.True(database.Scalar($"SELECT count(*) FROM {table}") > 0, $"{table} is empty: the test needs rows.");
        foreach (var column in new[] { "partitions_sum", "batches_sum", "sums_crc" })
            database.Execute($"ALTER TABLE totals DROP COLUMN {column}");
        if (version < 3)
            database.Execute("DROP TABLE relayed");
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={version}"));
    }
}

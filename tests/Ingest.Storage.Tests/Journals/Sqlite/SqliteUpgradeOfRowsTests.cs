using System.Globalization;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>
/// Journals of version 4 and 5 with rows in every table, written by those versions (commits 32a0754 and 0d77e57, by the history
/// below) and kept as journal-v4.zip and journal-v5.zip; and those of versions 2 and 3 that are made of version 4 by taking away
/// what came later. The upgrade keeps every row, and stops where one is missing or damaged.
/// </summary>
public sealed class SqliteUpgradeOfRowsTests : IDisposable
{
    private const int Seed = 117;
    private const int Steps = 45;
    private const int StepsOfVersion5 = 109;

    private readonly TemporaryFolder _folder = new();

    public SqliteUpgradeOfRowsTests() => SqliteFixture.Unpack(_folder, "journal-v4.zip");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Every_row_is_kept_and_counted(int version)
    {
        if (version == 5)
            UnpackVersion5();
        else
            MakeOlder(version);
        var history = await HistoryAsync(version == 5 ? StepsOfVersion5 : Steps);
        for (var open = 0; open < 2; open++)
        {
            await using var journal = await OpenAsync();
            await history.CompareAsync(journal, Cancellation);
            Assert.Empty(await journal.CheckAsync(Cancellation));
            if (open == 0) // The history may forget it later.
                Assert.Equal(version > 2, await journal.WasRelayedAsync("west", "key", "sum", Cancellation));
            for (var step = 0; step < Steps; step++)
                await history.StepAsync(journal, Cancellation);
            await history.CompareAsync(journal, Cancellation);
            Assert.Empty(await journal.CheckAsync(Cancellation));
        }
    }

    [Theory]
    [InlineData("UPDATE partitions SET next_seq = next_seq + 1 WHERE id = 3", "partitions")]
    [InlineData("DELETE FROM partitions WHERE id = 3", "partitions")]
    [InlineData("UPDATE blocks SET received = received + 1 WHERE seq = 3", "blocks")]
    [InlineData("UPDATE blocks SET position = position + 100 WHERE seq = 3", "blocks")]
    [InlineData("DELETE FROM blocks WHERE seq = (SELECT good_first FROM partitions p WHERE p.id = partition)", "blocks")]
    [InlineData("DELETE FROM blocks WHERE seq = (SELECT next_seq - 1 FROM partitions p WHERE p.id = partition)", "blocks")]
    [InlineData("UPDATE ids SET ids = zeroblob(16) WHERE rowid = (SELECT max(rowid) FROM ids)", "ids")]
    [InlineData("DELETE FROM ids WHERE first_seq = (SELECT ids_newest FROM partitions p WHERE p.id = partition)", "ids")]
    [InlineData("DELETE FROM ids WHERE first_seq IN (SELECT previous FROM ids i WHERE i.partition = ids.partition)", "ids")]
    [InlineData("DELETE FROM ids", "ids")]
    [InlineData("UPDATE batches SET events = events + 1", "batches")]
    [InlineData("DELETE FROM batches", "batches")]
    [InlineData("UPDATE totals SET partitions_sum = partitions_sum + 1", "totals")]
    [InlineData("DELETE FROM blocks WHERE seq IN (SELECT to_seq FROM batches b WHERE b.partition = blocks.partition)", "blocks")]
    public async Task Damage_stops_it_and_nothing_is_changed(string sql, string named)
    {
        SqliteFixture.Execute(_folder, sql);
        for (var open = 0; open < 2; open++)
            await SqliteFixture.AssertCorruptAsync(OpenAsync, _folder.Of("journal.db"), named);
        using var database = SqliteFixture.Connect(_folder);
        Assert.Equal(4, database.Scalar("PRAGMA user_version"));
        Assert.Equal(0, database.Scalar("SELECT count(*) FROM sqlite_schema WHERE name LIKE '%_4' OR name = 'new_heads'"));
    }

    [Theory]
    [InlineData("UPDATE partitions SET next_seq = next_seq + 1 WHERE id = 3", "partitions")]
    [InlineData("DELETE FROM new_heads", "blocks")]
    [InlineData("UPDATE batches SET events = events + 1", "batches")]
    [InlineData("DELETE FROM batches", "batches")]
    [InlineData("UPDATE totals SET batches_sum = batches_sum + 1", "totals")]
    public async Task So_does_damage_to_heads_and_batches_of_version_5(string sql, string named)
    {
        UnpackVersion5();
        SqliteFixture.Execute(_folder, sql);
        for (var open = 0; open < 2; open++)
            await SqliteFixture.AssertCorruptAsync(OpenAsync, _folder.Of("journal.db"), named);
        Assert.Equal(5, SqliteFixture.Scalar(_folder, "PRAGMA user_version"));
        Assert.Equal(0, SqliteFixture.Scalar(_folder, "SELECT count(*) FROM sqlite_schema WHERE name = 'freed'"));
    }

    /// <summary>Rows that are sound in themselves and of an older state, as a disk leaves them that loses a write: only the sums tell.</summary>
    [Theory]
    [InlineData("partitions", "next_seq", "id, source, number, next_seq, clock, ids_newest, ids_forgotten, good_first, good_blocks, good_events, quarantine_first, quarantine_blocks, quarantine_events, partition_count")]
    [InlineData("batches", "sealed_at", "partition, stream, from_seq, to_seq, hour, blocks, events, line_bytes, body_bytes, sealed_at, reason, received, merged_position, merged_pieces")]
    public async Task An_older_row_stops_it(string table, string older, string fields)
    {
        using (var database = SqliteFixture.Connect(_folder))
        {
            database.Execute($"UPDATE {table} SET {older} = {older} - 1");
            foreach (var (where, crc) in Checksums(database, table, fields.Split(", ")))
                database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE {table} SET crc = {crc} WHERE {where}"));
        }

        await SqliteFixture.AssertCorruptAsync(OpenAsync, _folder.Of("journal.db"), $"table {table}, as a whole");
    }

    [Fact]
    public async Task Without_its_marker_it_is_named_as_before()
    {
        MakeOlder(version: 3);
        File.Delete(_folder.Of("journal.id"));
        await SqliteFixture.AssertCorruptAsync(OpenAsync, _folder.Of("journal.id"), "missing beside a journal in use");
    }

    /// <summary>What the journal was written by, done again to another one.</summary>
    private static async Task<JournalHistory> HistoryAsync(int steps)
    {
        var history = new JournalHistory(Seed);
        await using var other = new MemoryJournal();
        for (var step = 0; step < steps; step++)
            await history.StepAsync(other, Cancellation);
        return history;
    }

    /// <summary>The right checksum of each row, as version 4 worked it out.</summary>
    private static List<(string Where, uint Crc)> Checksums(Database database, string table, string[] fields)
    {
        var found = new List<(string, uint)>();
        using var statement = new Statement(database, $"SELECT {string.Join(", ", fields)} FROM {table}");
        using var rows = statement.Query();
        while (rows.Next())
        {
            var crc = new Crc32C();
            crc.Add(table);
            var where = new List<string>();
            for (var i = 0; i < fields.Length; i++)
            {
                if (fields[i] == "source")
                    crc.Add(rows.Text(i));
                else if (fields[i] != "partition_count" || rows.Int64(i) != 0)
                    crc.Add(rows.Int64(i));
                if (fields[i] != "source")
                    where.Add(string.Create(CultureInfo.InvariantCulture, $"{fields[i]} = {rows.Int64(i)}"));
            }

            found.Add((string.Join(" AND ", where), crc.Value));
        }

        return found;
    }

    private Task<SqliteJournal> OpenAsync() =>
        SqliteJournal.OpenAsync(SqliteFixture.Options(_folder) with { CheckAtOpenBytesMax = long.MaxValue });

    private void UnpackVersion5()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Path))
            File.Delete(file);
        SqliteFixture.Unpack(_folder, "journal-v5.zip");
        using var database = SqliteFixture.Connect(_folder);
        Assert.Equal(5, database.Scalar("PRAGMA user_version"));
        AssertRows(database, "partitions", "new_heads", "blocks", "ids", "batches", "shipped", "ledger", "relayed");
    }

    private static void AssertRows(Database database, params string[] tables)
    {
        foreach (var table in tables)
            Assert.True(database.Scalar($"SELECT count(*) FROM {table}") > 0, $"{table} is empty: the test needs rows.");
    }

    private void MakeOlder(int version)
    {
        using var database = SqliteFixture.Connect(_folder);
        AssertRows(database, "partitions", "blocks", "ids", "batches", "shipped", "ledger", "relayed");
        if (version < 4)
        {
            foreach (var column in new[] { "partitions_sum", "batches_sum", "sums_crc" })
                database.Execute($"ALTER TABLE totals DROP COLUMN {column}");
        }

        if (version < 3)
            database.Execute("DROP TABLE relayed");
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={version}"));
    }
}

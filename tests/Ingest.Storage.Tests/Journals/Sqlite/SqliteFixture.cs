using System.IO.Compression;
using Ingest.Engine;
using Ingest.TestKit;
using SQLitePCL;

namespace Ingest.Storage.Tests;

/// <summary>Opens SQLite journals for tests, and does to their files what should not be done.</summary>
internal static class SqliteFixture
{
    /// <summary>New heads that wait to be folded, at most: so few that short histories fold them, and some are left.</summary>
    private const int NewHeadsMax = 7;

    /// <summary>Rows of ids that housekeeping looks at, for the same reason.</summary>
    private const int IdRowsPerStep = 32;

    /// <summary>Bytes of ids that a step deletes: those of a few runs.</summary>
    private const int IdBytesPerStep = 300;

    /// <summary>Blocks or pieces that a step frees: so few that most batches of short histories take some steps.</summary>
    private const int FreedRowsPerStep = 3;

    /// <summary>Bytes that a step frees: a few of the smaller blocks, and one of the larger ones.</summary>
    private const int FreedBytesPerStep = 2_000;

    /// <summary>Blocks or pieces of a batch that are deleted with its confirmation.</summary>
    private const int FreedAtOnceRowsMax = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static SqliteJournalOptions Options(TemporaryFolder folder) => new()
    {
        Folder = folder.Path,
        ReserveBytes = 0,
        NewHeadsMax = NewHeadsMax,
        IdRowsPerStep = IdRowsPerStep,
        IdBytesPerStep = IdBytesPerStep,
        FreedRowsPerStep = FreedRowsPerStep,
        FreedBytesPerStep = FreedBytesPerStep,
        FreedAtOnceRowsMax = FreedAtOnceRowsMax,
    };

    public static Task<SqliteJournal> OpenAsync(TemporaryFolder folder) => SqliteJournal.OpenAsync(Options(folder));

    /// <summary>Puts a journal that an earlier version wrote into a folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="zip">Such as <c>journal-v1.zip</c>.</param>
    public static void Unpack(TemporaryFolder folder, string zip)
    {
        using var archive = new ZipArchive(typeof(SqliteFixture).Assembly.GetManifestResourceStream(zip)!);
        archive.ExtractToDirectory(folder.Path);
    }

    /// <summary>Keeps the writer from committing meanwhile: the first write waits for that alone, and those that come behind it are a group.</summary>
    public static void WhileBlocked(TemporaryFolder folder, Action writes)
    {
        using var blocker = Connect(folder);
        blocker.Execute("BEGIN IMMEDIATE");
        writes();
        blocker.Execute("ROLLBACK");
    }

    /// <summary>Waits until the space of every confirmed batch came back.</summary>
    public static Task UntilFreedAsync(TemporaryFolder folder, CancellationToken cancellation) =>
        UntilAsync(() => Scalar(folder, "SELECT count(*) FROM freed") == 0, cancellation);

    /// <summary>Waits for what housekeeping does: it tells nobody.</summary>
    public static async Task UntilAsync(Func<bool> condition, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
    }

    public static long Scalar(TemporaryFolder folder, string sql)
    {
        using var database = Connect(folder);
        return database.Scalar(sql);
    }

    /// <summary>A connection past the journal.</summary>
    public static Database Connect(TemporaryFolder folder) =>
        Database.Open(folder.Of("journal.db"), raw.SQLITE_OPEN_READWRITE, cacheKib: 1_000, busy: TimeSpan.FromSeconds(30));

    public static void Execute(TemporaryFolder folder, string sql)
    {
        using var database = Connect(folder);
        database.Execute(sql);
    }

    public static void FlipBit(string path, long bit)
    {
        using var file = File.Open(path, FileMode.Open);
        file.Position = bit / 8;
        var old = file.ReadByte();
        file.Position = bit / 8;
        file.WriteByte((byte)(old ^ (1 << (int)(bit % 8))));
    }

    public static void Truncate(string path, long length)
    {
        using var file = File.Open(path, FileMode.Open);
        file.SetLength(length);
    }

    public static async Task<JournalCorruptException> AssertCorruptAsync(Func<Task> action, params string[] named)
    {
        var fault = await Assert.ThrowsAsync<JournalCorruptException>(action);
        Assert.All(named, name => Assert.Contains(name, fault.Message, StringComparison.Ordinal));
        return fault;
    }
}

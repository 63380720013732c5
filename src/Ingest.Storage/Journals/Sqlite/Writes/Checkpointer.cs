using System.Globalization;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>
/// Copies the write-ahead log into journal.db on a thread and connection of its own, since the tail of commit times comes
/// from checkpoints.
/// </summary>
/// <remarks>
/// A passive checkpoint runs beside the commits, so it never reaches the end of a log that grows under it, and only one that
/// does is synced by SQLite. So each is followed by a sync of our own: what SQLite syncs later, while commits wait at the gate,
/// would else be all that was copied since the log was begun. When the log is over its bound, a few such rounds bring the rest
/// down to a small one, and only that is copied and synced under the gate. RESTART keeps the file's blocks for reuse; TRUNCATE
/// gives them back.
/// </remarks>
internal sealed class Checkpointer : IDisposable
{
    /// <summary>New pages in the log after which a passive checkpoint runs: 16 MiB, so that pages written often are copied once for many commits.</summary>
    private const int PassivePages = (16 << 20) / Database.PageBytes;

    /// <summary>Frames that a round may have copied before the last one, for which commits wait: 1 MiB, a few milliseconds.</summary>
    private const int RestFrames = (1 << 20) / Database.PageBytes;

    private const int RoundsMax = 5;

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly SafeFileHandle _file;
    private readonly Lock _commitGate;
    private readonly SqliteJournalOptions _options;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private int _pages;
    private volatile bool _truncate;
    private volatile bool _stop;

    /// <param name="database">A connection for this alone; disposed with it.</param>
    /// <param name="file">journal.db, to be synced. Outlives every connection of this process.</param>
    /// <param name="commitGate">Held by the writer during a transaction.</param>
    /// <param name="options">The journal's options.</param>
    public Checkpointer(Database database, SafeFileHandle file, Lock commitGate, SqliteJournalOptions options)
    {
        _database = database;
        _file = file;
        _commitGate = commitGate;
        _options = options;
        _thread = new Thread(Run) { IsBackground = true, Name = "journal checkpoint" };
        _thread.Start();
    }

    /// <summary>The writer committed; these many pages are new in the log.</summary>
    public void Committed(int pages)
    {
        if (Interlocked.Add(ref _pages, pages) >= PassivePages)
            _wake.Set();
    }

    /// <summary>Space was freed: empty the log and let journal.db shrink.</summary>
    public void Truncate()
    {
        _truncate = true;
        _wake.Set();
    }

    public void Dispose()
    {
        _stop = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
        _database.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _wake.WaitOne(_truncate ? RetryAfter : Timeout.InfiniteTimeSpan);
            if (_stop)
                return;

            try
            {
                Checkpoint();
            }
            catch (SqliteFault fault) when (fault.IsBusy)
            {
                // A reader still needs the log: a later commit, or the next wait, comes back to it.
            }
            catch (Exception fault)
            {
                _options.OnFault?.Invoke(string.Create(
                    CultureInfo.InvariantCulture, $"The journal's log could not be copied into journal.db: {fault.Message}"));
            }
        }
    }

    private void Checkpoint()
    {
        Interlocked.Exchange(ref _pages, 0);
        var truncate = _truncate;
        var (frames, copied) = CopyBesideCommits();
        if (!truncate && (long)frames * Database.PageBytes < _options.WalBytesMax)
            return;

        var before = 0;
        for (var round = 1; round < RoundsMax && copied - before > RestFrames; round++)
        {
            before = copied;
            (frames, copied) = CopyBesideCommits();
        }

        var mode = truncate || (long)frames * Database.PageBytes > 2 * _options.WalBytesMax
            ? raw.SQLITE_CHECKPOINT_TRUNCATE
            : raw.SQLITE_CHECKPOINT_RESTART;
        lock (_commitGate)
            _database.Checkpoint(mode);
        if (truncate)
            _truncate = false;
    }

    /// <returns>Frames in the log, and how many of them are in the database now, on the disk.</returns>
    private (int Frames, int Copied) CopyBesideCommits()
    {
        var progress = _database.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        RandomAccess.FlushToDisk(_file);
        return progress;
    }
}

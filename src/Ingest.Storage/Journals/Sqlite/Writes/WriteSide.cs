using Ingest.Engine;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>Everything that an owner has and a reader has not: the lock, the writer and the checkpointer.</summary>
internal sealed class WriteSide : IDisposable
{
    private readonly FolderLock _lock;
    private readonly Database _database;
    private readonly SafeFileHandle _file;
    private readonly CommitMark _mark;
    private readonly WriteQueue _queue;
    private readonly Checkpointer _checkpointer;
    private readonly Writer _writer;
    private readonly SqliteJournalOptions _options;

    private WriteSide(
        FolderLock folderLock, Database database, SafeFileHandle file, CommitMark mark, Database checkpoints, JournalTransaction transaction, SqliteJournalOptions options)
    {
        _lock = folderLock;
        _database = database;
        _file = file;
        _mark = mark;
        _options = options;
        var commitGate = new Lock();
        _queue = new WriteQueue(options);
        _checkpointer = new Checkpointer(checkpoints, file, commitGate, options);
        _writer = new Writer(transaction, _queue, _checkpointer, mark, commitGate, options);
    }

    /// <summary>Opens a verified journal for writing.</summary>
    public static WriteSide Open(JournalFolder folder, FolderLock folderLock, string id, SqliteJournalOptions options)
    {
        Database? database = null;
        SafeFileHandle? file = null;
        CommitMark? mark = null;
        try
        {
            database = JournalConnections.OpenWriter(folder);
            var tables = new JournalTables(database);
            JournalOpening.Verify(tables, folder, id, isOwner: true, options.CheckAtOpenBytesMax);
            EmptyLog(database, options);
            if (options.PagesMax > 0)
                database.Execute($"PRAGMA max_page_count={options.PagesMax}");
            mark = new CommitMark(folder.Mark, id, options);
            var transaction = new JournalTransaction(tables, options);
            transaction.Load();
            mark.Write(transaction.Totals.Commits);
            file = File.OpenHandle(folder.Database, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return new WriteSide(folderLock, database, file, mark, JournalConnections.OpenCheckpointer(folder), transaction, options);
        }
        catch
        {
            mark?.Dispose();
            database?.Dispose();
            file?.Dispose();
            throw;
        }
    }

    public ValueTask<JournalResult> WriteAsync(Write write, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? ValueTask.FromResult(JournalMessages.CancelledBefore)
        : _queue.Add(write) is { } refusal ? ValueTask.FromResult(new JournalResult(JournalOutcome.Refused, refusal))
        : write.WaitAsync(cancellation);

    /// <summary>Takes no more, and finishes what is queued.</summary>
    public void Finish()
    {
        _queue.Close();
        _writer.Join();
    }

    /// <summary>After <see cref="Finish"/>, when no reader is left: empties the log and lets go.</summary>
    public void Dispose()
    {
        _checkpointer.Dispose();
        try
        {
            EmptyLog(_database, _options);
        }
        catch (SqliteFault damage)
        {
            // The log stays, and the next start says what is damaged; whoever waits for the lock must not wait for ever.
            _options.OnFault?.Invoke($"The journal's log could not be emptied: {damage.Message}");
        }

        _database.Dispose();
        _file.Dispose(); // Not before: closing a file drops SQLite's locks on it in this process.
        _mark.Dispose();
        _lock.Dispose();
    }

    /// <summary>Where it cannot be done, as on a full disk, the log stays: it is part of the journal.</summary>
    private static void EmptyLog(Database database, SqliteJournalOptions options)
    {
        try
        {
            database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        catch (SqliteFault fault) when (!fault.IsDamage)
        {
            options.OnFault?.Invoke($"The journal's log could not be emptied: {fault.Message}");
        }
    }
}

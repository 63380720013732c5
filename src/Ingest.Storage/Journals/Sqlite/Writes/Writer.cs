using System.Globalization;
using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>
/// The one thread that writes: takes everything that waits into one transaction, commits, then answers. No artificial
/// delay: what arrives during a commit forms the next group.
/// </summary>
/// <remarks>
/// What is known when something fails: before COMMIT is asked for, and whenever the disk is full, the commit frame was not
/// written, so nothing is stored: refused. Any other fault of COMMIT leaves it open: the frame may be in the log, and come
/// back at a restart. Then no further commit is answered before the log was copied and emptied, which settles it and
/// writes again whatever a failed sync may have lost.
/// </remarks>
internal sealed class Writer
{
    /// <summary>Idle time after which space is given back.</summary>
    private static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Pages given back in one step, 1 MiB: a write that arrives meanwhile waits some milliseconds.</summary>
    private const int VacuumPages = (1 << 20) / Database.PageBytes;

    /// <summary>Free pages that stay for reuse, 4 MiB.</summary>
    private const int FreePagesKept = (4 << 20) / Database.PageBytes;

    private readonly Database _database;
    private readonly JournalTransaction _transaction;
    private readonly WriteQueue _queue;
    private readonly SpaceReserve _space;
    private readonly Checkpointer _checkpointer;
    private readonly CommitMark _mark;
    private readonly SqliteJournalOptions _options;
    private readonly Lock _commitGate;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Thread _thread;
    private readonly List<Write> _group = [];
    private bool _inDoubt;
    private bool _freed;

    public Writer(
        JournalTransaction transaction,
        WriteQueue queue,
        Checkpointer checkpointer,
        CommitMark mark,
        Lock commitGate,
        SqliteJournalOptions options)
    {
        _transaction = transaction;
        _database = transaction.Tables.Database;
        _queue = queue;
        _checkpointer = checkpointer;
        _mark = mark;
        _commitGate = commitGate;
        _options = options;
        _space = new SpaceReserve(options.Folder, options.ReserveBytes, options.FreeBytes, new JournalFolder(options.Folder).Wal);
        _begin = _database.Prepare("BEGIN IMMEDIATE");
        _commit = _database.Prepare("COMMIT");
        _thread = new Thread(Run) { IsBackground = true, Name = "journal writer" };
        _thread.Start();
    }

    /// <summary>Waits until the queue, closed before, is done.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        var idle = false;
        var wait = IdleAfter;
        while (_queue.Take(_group, wait))
        {
            idle = _group.Count == 0 && (idle || wait == IdleAfter);
            if (_group.Count > 0)
                Commit();
            foreach (var chore in _transaction.Housekeeping.Chores)
            {
                if (!_inDoubt && chore.IsDue(idle))
                    KeepHouse(chore);
            }

            // Refused appends may keep coming, so a full disk does not wait for an idle moment.
            var givesBack = idle || _transaction.AppendRefusal is not null;
            if (givesBack)
                GiveSpaceBack();
            wait = givesBack && _freed ? TimeSpan.Zero : WaitForChores();
        }
    }

    /// <summary>How long to wait for a write, at most.</summary>
    private TimeSpan WaitForChores()
    {
        if (_inDoubt || _transaction.Housekeeping.NextIn is not { } next || next >= IdleAfter)
            return IdleAfter;
        // In whole milliseconds: less is no wait at all, and the thread would spin until the step is due.
        return TimeSpan.FromMilliseconds(Math.Ceiling(next.TotalMilliseconds));
    }

    private void Commit()
    {
        try
        {
            lock (_commitGate)
                CommitUnderGate();
        }
        catch (Exception fault)
        {
            // The thread survives whatever happens: what was not answered is not known.
            _inDoubt = true;
            SetAll(new JournalResult(JournalOutcome.Unknown, fault.Message));
        }

        foreach (var write in _group)
        {
            if (write.Result.Outcome == JournalOutcome.Committed && write.Continue())
                _queue.AddAgain(write);
            else
                write.Answer(write.Result);
        }

        _group.Clear();
    }

    /// <summary>Sets the result of every write of the group.</summary>
    private void CommitUnderGate()
    {
        if (_inDoubt)
            Settle();
        if (_inDoubt)
        {
            SetAll(new JournalResult(JournalOutcome.Refused, "the last commit failed, and the journal's log cannot be settled yet"));
            return;
        }

        CheckSpace();
        while (!TryExecute())
        {
            // One write met damage and was taken out: its neighbours try again without it.
        }

        if (!_transaction.IsDirty)
        {
            RollBack();
            return;
        }

        try
        {
            _options.OnCommit?.Invoke();
            _commit.Run();
        }
        catch (SqliteFault fault)
        {
            _inDoubt = !fault.IsFull;
            RollBack();
            SetAll(new JournalResult(fault.IsFull ? JournalOutcome.Refused : JournalOutcome.Unknown, fault.Message));
            return;
        }

        _transaction.Committed();
        _mark.Write(_transaction.Totals.Commits);
        _checkpointer.Committed(_database.TakePagesWritten());
    }

    /// <summary>Runs the group's writes, up to the commit.</summary>
    /// <returns>False when a write was taken out of the group and the rest must run again.</returns>
    private bool TryExecute()
    {
        Write? current = null;
        try
        {
            _begin.Run();
            foreach (var write in _group)
            {
                current = write;
                write.Result = write.Execute(_transaction);
            }

            current = null;
            if (_transaction.IsDirty)
                _transaction.Flush();
            return true;
        }
        catch (Exception fault)
        {
            RollBack();
            var result = new JournalResult(JournalOutcome.Refused, fault.Message);
            if (current is null || fault is SqliteFault { IsDamage: false })
            {
                // The disk's fault, not that of one write: none is stored.
                SetAll(result);
                return true;
            }

            current.Answer(result);
            _group.Remove(current);
            return _group.Count == 0;
        }
    }

    private void RollBack()
    {
        _transaction.RolledBack();
        if (!_database.IsAutocommit)
            _database.Execute("ROLLBACK");
    }

    /// <summary>Empties the log into the database, so that a commit of unknown outcome is either in it or gone for good.</summary>
    private void Settle()
    {
        try
        {
            RollBack();
            _database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            _inDoubt = false;
        }
        catch (SqliteFault fault)
        {
            _options.OnFault?.Invoke($"The journal's log cannot be settled after a failed commit: {fault.Message}");
        }
    }

    /// <summary>One bounded step. A fault of it is reported, and it is tried again later: no write depends on it.</summary>
    private void KeepHouse(IChore chore)
    {
        lock (_commitGate)
        {
            try
            {
                _begin.Run();
                if (chore.Step())
                    CommitHousekeeping();
                else
                    RollBack();
                chore.Done();
            }
            catch (Exception fault)
            {
                RollBack();
                chore.Failed(fault, _transaction.Totals.NextPosition);
                _options.OnFault?.Invoke($"The journal could not be tidied up: {fault.Message}");
            }
        }
    }

    private void CommitHousekeeping()
    {
        try
        {
            _options.OnHousekeeping?.Invoke();
            _commit.Run();
        }
        catch (SqliteFault fault)
        {
            _inDoubt = !fault.IsFull;
            throw;
        }

        _transaction.Committed();
        _checkpointer.Committed(_database.TakePagesWritten());
    }

    private void CheckSpace()
    {
        var before = _transaction.AppendRefusal;
        _transaction.AppendRefusal = _space.Refusal(_group.Sum(w => w.Bytes));
        if (before is null && _transaction.AppendRefusal is not null)
            _checkpointer.Truncate();
    }

    /// <summary>One bounded step; <see cref="_freed"/> says that another may follow.</summary>
    private void GiveSpaceBack()
    {
        var freedBefore = _freed;
        _freed = false;
        try
        {
            if (_database.Scalar("PRAGMA freelist_count") > FreePagesKept)
            {
                lock (_commitGate)
                    _database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({VacuumPages})"));
                _checkpointer.Committed(_database.TakePagesWritten());
                _freed = true;
            }
            else if (freedBefore)
            {
                _checkpointer.Truncate();
            }
        }
        catch (SqliteFault fault)
        {
            _options.OnFault?.Invoke($"Space of the journal cannot be given back: {fault.Message}");
        }
    }

    private void SetAll(JournalResult result)
    {
        foreach (var write in _group)
            write.Result = result;
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>
/// The one thread that writes a spill: takes all appends that wait into one transaction, commits, then answers. No artificial
/// delay: what arrives during a commit forms the next group. Every other write has a transaction of its own, so that a fault
/// of it costs no append.
/// </summary>
internal sealed class SpillWriter : IDisposable
{
    /// <summary>Appends of one transaction: bounds how long the first waits for the last.</summary>
    private const int GroupMax = 1_024;

    /// <summary>Bytes of one transaction, unless a single append is larger.</summary>
    private const long GroupBytesMax = 16L << 20;

    /// <summary>Free pages that stay for reuse, 4 MiB.</summary>
    private const int FreePagesKept = (4 << 20) / Database.PageBytes;

    /// <summary>Pages given back in one step, 1 MiB.</summary>
    private const int VacuumPages = (1 << 20) / Database.PageBytes;

    private static readonly TimeSpan IdleAfter = TimeSpan.FromMilliseconds(250);

    private readonly SpillOptions _options;
    private readonly SpillTable _table;
    private readonly SpillTally _tally;
    private readonly SpaceReserve _space;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly BlockingCollection<SpillWrite> _waiting;
    private readonly List<SpillWrite> _group = [];
    private readonly Thread _thread;
    private SpillWrite? _next;
    private string? _refusal;
    private bool _inDoubt;
    private bool _isLogLong;

    public SpillWriter(SpillTable table, SpillTally tally, SpillOptions options)
    {
        (_table, _tally, _options) = (table, tally, options);
        _space = new SpaceReserve(options.Folder, options.ReserveBytes, options.FreeBytes, table.Database.Path + "-wal");
        _begin = table.Database.Prepare("BEGIN IMMEDIATE");
        _commit = table.Database.Prepare("COMMIT");
        _waiting = new BlockingCollection<SpillWrite>(options.QueueMax);
        _thread = new Thread(Run) { IsBackground = true, Name = "spill writer" };
        _thread.Start();
    }

    /// <summary>Why the last append had no room; null when it had.</summary>
    public string? Refusal => Volatile.Read(ref _refusal);

    public Task<JournalResult> WriteAsync(SpillWrite write)
    {
        try
        {
            if (!_waiting.TryAdd(write))
                write.Answer(new JournalResult(JournalOutcome.Refused, "too many writes wait for the spill's disk"));
        }
        catch (InvalidOperationException)
        {
            write.Answer(new JournalResult(JournalOutcome.Refused, "the spill is closed"));
        }

        return write.Done;
    }

    /// <summary>Takes no more, and finishes what waits.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread.Join();
        _waiting.Dispose();
    }

    private void Run()
    {
        while (Take())
        {
            if (_group.Count == 0)
            {
                Tidy();
                continue;
            }

            try
            {
                Commit();
            }
            catch (Exception fault)
            {
                // The thread survives whatever happens: what was not answered is not known.
                _inDoubt = true;
                AnswerAll(new JournalResult(JournalOutcome.Unknown, fault.Message));
            }

            _group.Clear();
        }
    }

    /// <summary>Takes a group; empty after a quiet while.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    private bool Take()
    {
        if (_next is null && !_waiting.TryTake(out _next, IdleAfter))
            return !_waiting.IsCompleted;
        long bytes = 0;
        do
        {
            bytes += _next!.Bytes;
            _group.Add(_next);
            var isAppend = _next is SpillAppend;
            _next = null;
            if (!isAppend || !_waiting.TryTake(out _next))
                return true;
        }
        while (_next is SpillAppend && _group.Count < GroupMax && bytes + _next.Bytes <= GroupBytesMax);
        return true;
    }

    private void Commit()
    {
        if (_inDoubt && !TrySettle())
        {
            AnswerAll(new JournalResult(JournalOutcome.Refused, "the last commit failed, and the spill's log cannot be settled yet"));
            return;
        }

        if (_group[0] is SpillAppend)
            RefuseWhatHasNoRoom();
        if (_group.Count == 0)
            return;
        try
        {
            _begin.Run();
            foreach (var write in _group)
                write.Execute(_table, _tally);
        }
        catch (SqliteFault fault)
        {
            RollBack();
            AnswerAll(new JournalResult(JournalOutcome.Refused, fault.Message));
            return;
        }

        try
        {
            _options.OnCommit?.Invoke();
            _commit.Run();
        }
        catch (SqliteFault fault)
        {
            RollBack();
            _inDoubt = !fault.IsFull;
            AnswerAll(new JournalResult(fault.IsFull ? JournalOutcome.Refused : JournalOutcome.Unknown, fault.Message));
            return;
        }

        _isLogLong = true;
        foreach (var write in _group)
            write.Committed(_table, _tally);
        AnswerAll(JournalResult.Committed);
    }

    private void RefuseWhatHasNoRoom()
    {
        long bytes = 0;
        var index = 0;
        string? refusal = null;
        _group.RemoveAll(write =>
        {
            var why = _tally.Bytes + bytes + write.Bytes > _options.BytesMax
                ? string.Create(CultureInfo.InvariantCulture, $"the spill is full: it holds {_tally.Bytes} bytes of at most {_options.BytesMax}")
                : _space.Refusal(write.Bytes);
            if (why is not null)
            {
                refusal = why;
                write.Answer(new JournalResult(JournalOutcome.Refused, why));
                return true;
            }

            bytes += write.Bytes;
            ((SpillAppend)write).Index = index++;
            return false;
        });
        Volatile.Write(ref _refusal, refusal);
    }

    private void RollBack()
    {
        if (!_table.Database.IsAutocommit)
            _table.Database.Execute("ROLLBACK");
    }

    /// <summary>Empties the log into the file: a commit of unknown outcome is in it then or gone for good, and nothing that a failed sync lost is missing.</summary>
    private bool TrySettle()
    {
        try
        {
            RollBack();
            _table.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            _tally.Recount(_table);
            _inDoubt = false;
            return true;
        }
        catch (SqliteFault fault)
        {
            _options.OnFault?.Invoke($"The spill's log cannot be settled after a failed commit: {fault.Message}");
            return false;
        }
    }

    /// <summary>In a quiet moment: gives space back, and looks whether there is room again.</summary>
    private void Tidy()
    {
        try
        {
            if (_refusal is not null && _tally.Bytes < _options.BytesMax)
                Volatile.Write(ref _refusal, _space.Refusal(0));
            if (_table.Database.Scalar("PRAGMA freelist_count") > FreePagesKept)
            {
                _table.Database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({VacuumPages})"));
                _isLogLong = true;
            }
            else if (_isLogLong && _tally.Bytes == 0)
            {
                _table.Database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
                _isLogLong = false;
            }
        }
        catch (SqliteFault fault) when (fault.IsBusy)
        {
            // A reader still needs the log; the next quiet moment comes back to it.
        }
        catch (Exception fault) when (fault is SqliteFault or IOException)
        {
            _options.OnFault?.Invoke($"Space of the spill cannot be given back: {fault.Message}");
        }
    }

    private void AnswerAll(JournalResult result)
    {
        foreach (var write in _group)
            write.Answer(result);
    }
}

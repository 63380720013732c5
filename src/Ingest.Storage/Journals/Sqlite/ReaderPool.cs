using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// A few read connections. Each read is short, runs apart from its caller and sees one snapshot: none is held across an await,
/// since an old snapshot would keep the log from being begun anew.
/// </summary>
internal sealed class ReaderPool(Func<Database> open) : IDisposable
{
    /// <summary>Reads at once; more wait. Shippers, activations and status take turns of a few milliseconds.</summary>
    private const int ConnectionsMax = 4;

    private readonly SemaphoreSlim _free = new(ConnectionsMax);
    private readonly Stack<JournalTables> _idle = new();
    private readonly Lock _gate = new();
    private bool _closed;

    /// <summary>Reads on the thread pool.</summary>
    /// <exception cref="JournalUnavailableException">The storage cannot be read.</exception>
    /// <exception cref="JournalCorruptException">What it holds is not what was written.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<JournalTables, T> read, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
        await _free.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
            return await Task.Run(() => Read(read), CancellationToken.None);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Reads on the scheduler of the caller, so that it counts as work of the caller's.</summary>
    /// <exception cref="JournalUnavailableException">The storage cannot be read.</exception>
    /// <exception cref="JournalCorruptException">What it holds is not what was written.</exception>
    public ValueTask<T> ReadHereAsync<T>(Func<JournalTables, T> read, CancellationToken cancellation)
    {
        if (TaskScheduler.Current == TaskScheduler.Default)
            return ReadAsync(read, cancellation);
        return new(Task.Factory.StartNew(() => WaitAndRead(read, cancellation), cancellation, TaskCreationOptions.DenyChildAttach, TaskScheduler.Current));
    }

    /// <summary>Waits for the reads under way and closes the connections.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < ConnectionsMax; i++)
            _free.Wait();
        foreach (var tables in _idle)
            tables.Database.Dispose();
        _idle.Clear();
        _free.Release(ConnectionsMax);
    }

    /// <summary>
    /// Waits for a connection where it reads. A scheduler may have few threads and may be held up; a connection that was taken
    /// before would be held as long, and keep everybody from reading.
    /// </summary>
    private T WaitAndRead<T>(Func<JournalTables, T> read, CancellationToken cancellation)
    {
        _free.Wait(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
            return Read(read);
        }
        finally
        {
            _free.Release();
        }
    }

    private T Read<T>(Func<JournalTables, T> read)
    {
        JournalTables? tables = null;
        try
        {
            tables = Take();
            tables.Database.Execute("BEGIN");
            var result = read(tables);
            tables.Database.Execute("COMMIT");
            Return(tables);
            return result;
        }
        catch (Exception fault)
        {
            // A connection that met a fault is not used again.
            tables?.Database.Dispose();
            if (fault is SqliteFault sqlite)
                throw sqlite.ToJournalException();
            throw;
        }
    }

    private JournalTables Take()
    {
        lock (_gate)
        {
            if (_idle.TryPop(out var tables))
                return tables;
        }

        return new JournalTables(open());
    }

    private void Return(JournalTables tables)
    {
        lock (_gate)
            _idle.Push(tables);
    }
}

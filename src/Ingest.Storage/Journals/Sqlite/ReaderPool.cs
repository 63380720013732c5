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
    public ValueTask<T> ReadAsync<T>(Func<JournalTables, T> read, CancellationToken cancellation) =>
        ReadAsync(read, TaskScheduler.Default, cancellation);

    /// <summary>Reads where a scheduler says.</summary>
    /// <exception cref="JournalUnavailableException">The storage cannot be read.</exception>
    /// <exception cref="JournalCorruptException">What it holds is not what was written.</exception>
    public async ValueTask<T> ReadAsync<T>(Func<JournalTables, T> read, TaskScheduler scheduler, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
        await _free.WaitAsync(cancellation);
        try
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(SqliteJournal));
            return await Task.Factory.StartNew(() => Read(read), CancellationToken.None, TaskCreationOptions.DenyChildAttach, scheduler);
        }
        finally
        {
            _free.Release();
        }
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

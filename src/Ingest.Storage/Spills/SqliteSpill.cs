using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Requests that the journal could not take, kept on this machine's disk until it can: one SQLite file, synced at every
/// commit. Safe for all threads.
/// </summary>
/// <remarks>
/// Nothing is lost in silence: every row has a checksum that is verified when it is read, one that does not hold is set aside
/// in the file, counted and reported, and the log is inspected before SQLite drops what it cannot read.
/// </remarks>
public sealed class SqliteSpill : ISpill
{
    private const string FileName = "spill.db";

    private static readonly IReadOnlySet<long> NoPositions = new HashSet<long>();

    /// <summary>Part of <see cref="SpillOptions.BytesMax"/> above which it says that it has no room.</summary>
    private const double FullShare = 15.0 / 16;

    private readonly SpillOptions _options;
    private readonly FolderLock _lock;
    private readonly SpillTally _tally;
    private readonly Database _database;
    private readonly SpillWriter _writer;
    private readonly SpillTable _reader;
    private readonly SemaphoreSlim _reading = new(1);
    private int _disposed;

    private SqliteSpill(SpillOptions options, FolderLock folderLock, Database database, Database reader)
    {
        (_options, _lock, _database) = (options, folderLock, database);
        var table = new SpillTable(database);
        table.ReleaseWhole();
        _tally = SpillTally.Of(table);
        _reader = new SpillTable(reader);
        _writer = new SpillWriter(table, _tally, options);
    }

    /// <summary>The folder's full path.</summary>
    public string Folder => Path.GetFullPath(_options.Folder);

    public long BytesMax => _options.BytesMax;

    public SpillStatus Status => _tally.Status;

    public bool HasRoom => _writer.Refusal is null && _tally.Bytes < _options.BytesMax * FullShare;

    /// <summary>Whether a spill was ever made in a folder.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Opens the spill of a folder; makes one where there is none.</summary>
    /// <exception cref="JournalUnavailableException">Another process has it, or it cannot be read.</exception>
    /// <exception cref="JournalCorruptException">It is damaged as a whole. Names the file and what to do.</exception>
    public static Task<SqliteSpill> OpenAsync(SpillOptions options) => Task.Run(() => Open(options));

    /// <summary>Makes a request durable, together with all others that wait (group commit).</summary>
    /// <inheritdoc cref="ISpill.AppendAsync"/>
    public async ValueTask<JournalResult> AppendAsync(string source, EventBatch batch, Instant received)
    {
        using var body = new PooledBuffer(batch.Bytes.Length + 256);
        EventBatchCodec.Write(batch, body, received);
        return await _writer.WriteAsync(new SpillAppend(source, body, batch.Events.Length, received));
    }

    public async ValueTask<IReadOnlyList<SpilledBatch>> ReadOldestAsync(
        IReadOnlySet<string> without, int countMax, int bytesMax, IReadOnlySet<long>? resting = null)
    {
        await _reading.WaitAsync();
        try
        {
            while (true)
            {
                var unread = new List<UnreadRow>();
                var read = await Task.Run(() => Read(without, resting ?? NoPositions, countMax, bytesMax, unread));
                if (unread.Count == 0)
                    return read;
                await SetAsideAsync(unread);
                if (read.Count > 0)
                    return read;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    public async ValueTask<JournalResult> RemoveAsync(IReadOnlyList<SpilledBatch> drained) =>
        drained.Count == 0 ? JournalResult.Committed : await _writer.WriteAsync(new SpillRemove(drained[0].Source, drained));

    /// <summary>Takes no more, finishes what waits, and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _reading.WaitAsync();
        await Task.Run(_writer.Dispose);
        _reader.Database.Dispose();
        _database.Dispose();
        _lock.Dispose();
        _reading.Dispose();
    }

    private static SqliteSpill Open(SpillOptions options)
    {
        var folder = Path.GetFullPath(options.Folder);
        FolderLock? folderLock = null;
        Database? database = null, reader = null;
        try
        {
            DurableFolder.Create(folder);
            folderLock = new FolderLock(
                Path.Combine(folder, "spill.lock"), $"{folder}: another process has this spill open. Every silo needs a data folder of its own.");
            var path = Path.Combine(folder, FileName);
            database = SpillOpening.OpenWriter(path);
            reader = SpillOpening.OpenReader(path);
            return new SqliteSpill(options, folderLock, database, reader);
        }
        catch (Exception fault)
        {
            reader?.Dispose();
            database?.Dispose();
            folderLock?.Dispose();
            throw fault switch
            {
                SqliteFault sqlite => sqlite.ToJournalException(),
                IOException or UnauthorizedAccessException => new JournalUnavailableException($"{folder}: {fault.Message}", fault),
                _ => fault,
            };
        }
    }

    private List<SpilledBatch> Read(
        IReadOnlySet<string> without,
        IReadOnlySet<long> resting,
        int countMax,
        int bytesMax,
        List<UnreadRow> unread)
    {
        try
        {
            var source = _tally.Sources
                .Where(name => !without.Contains(name))
                .Select(name => (Name: name, First: _reader.FirstOf(name, resting)))
                .Where(candidate => candidate.First > 0)
                .OrderBy(candidate => candidate.First)
                .Select(candidate => candidate.Name)
                .FirstOrDefault();
            return source is null ? [] : _reader.Read(source, resting, countMax, bytesMax, unread);
        }
        catch (SqliteFault fault)
        {
            throw fault.ToJournalException();
        }
    }

    private async Task SetAsideAsync(List<UnreadRow> unread)
    {
        foreach (var (position, found, isDamaged) in unread)
            _options.OnFault?.Invoke($"{Path.Combine(Folder, FileName)}, table batches, position {position}: {found}. {(isDamaged ? "It is set aside there for a person" : "It stays there for a version that can")}, and the rest drains");
        var result = await _writer.WriteAsync(new SpillSetAside(unread));
        if (result.Outcome != JournalOutcome.Committed)
            throw new JournalUnavailableException($"{Folder}: a request cannot be set aside: {result.Reason}");
    }
}

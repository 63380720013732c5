using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// A journal in one folder, for a single process: SQLite with a write-ahead log, synced at every commit.
/// </summary>
/// <remarks>
/// <para>
/// One thread writes (<see cref="Writer"/>: group commit), another copies the log (<see cref="Checkpointer"/>), reads have
/// connections of their own (<see cref="ReaderPool"/>).
/// </para>
/// <para>
/// Against loss that nobody would notice: every row has a checksum that is verified at every read, counts are kept apart
/// from what they count, sums of the heads and of the pending batches tell an older state of a page (<see cref="RowSum"/>),
/// the log is inspected before SQLite drops what it cannot read (<see cref="WalInspection"/>), and a witness outside the
/// database knows how many commits there were (<see cref="CommitMark"/>).
/// </para>
/// <para>
/// Memory handed over in an append must not change before the write ended, even when waiting for it was cancelled.
/// </para>
/// </remarks>
public sealed partial class SqliteJournal : IJournal
{
    private readonly JournalFolder _folder;
    private readonly SqliteJournalOptions _options;
    private readonly WriteSide? _writes;
    private readonly ReaderPool _readers;
    private int _disposed;

    private SqliteJournal(string id, JournalFolder folder, WriteSide? writes, SqliteJournalOptions options)
    {
        Id = id;
        _folder = folder;
        _writes = writes;
        _options = options;
        _readers = new ReaderPool(OpenReader);
    }

    public string Id { get; }

    /// <summary>Opens the journal of a folder; makes one where there is none, unless <see cref="SqliteJournalOptions.ReadOnly"/>.</summary>
    /// <exception cref="JournalUnavailableException">Another process has it, it is not there, or it cannot be read.</exception>
    /// <exception cref="JournalCorruptException">Something speaks for a loss. Names the file and what to do.</exception>
    public static Task<SqliteJournal> OpenAsync(SqliteJournalOptions options) => Task.Run(() => Open(options));

    public ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        WriteRules.Check(append);
        return WriteAsync(new AppendWrite(append), cancellation);
    }

    public ValueTask<JournalResult> SplitAsync(string source, int from, int to, CancellationToken cancellation)
    {
        WriteRules.CheckSplit(from, to);
        return WriteAsync(new SplitWrite(source, from, to), cancellation);
    }

    public ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation) =>
        WriteAsync(new CloseHourWrite(hour), cancellation);

    public async ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        WriteRules.Check(seal);
        if (_writes is null)
            return JournalMessages.ReadOnly;

        try
        {
            var (blocks, violation) = await _readers.ReadAsync(tables => SealedBlocks.Read(tables, seal), cancellation);
            return blocks is null
                ? JournalMessages.Fenced(seal.Batch, violation!)
                : await _writes.WriteAsync(new SealWrite(seal, blocks), cancellation);
        }
        catch (Exception fault) when (fault is JournalUnavailableException or JournalCorruptException)
        {
            return new JournalResult(JournalOutcome.Refused, fault.Message);
        }
        catch (OperationCanceledException)
        {
            return JournalMessages.CancelledBefore;
        }
        catch (ObjectDisposedException)
        {
            return JournalMessages.Closed;
        }
    }

    public ValueTask<JournalResult> ConfirmAsync(BatchId batch, ShippedObject shipped, CancellationToken cancellation) =>
        WriteAsync(new ConfirmWrite(batch, shipped), cancellation);

    public ValueTask<JournalResult> RecordRelayedAsync(RelayedObject relayed, CancellationToken cancellation)
    {
        WriteRules.Check(relayed);
        return WriteAsync(new RelayedWrite(relayed), cancellation);
    }

    public ValueTask<JournalResult> ForgetBeforeAsync(LakeHour before, CancellationToken cancellation) =>
        WriteAsync(new ForgetWrite(before), cancellation);

    /// <summary>
    /// The full check, for an audit: the file's structure, every checksum, every count. Takes as long as reading the whole
    /// file, and lets the write-ahead log grow meanwhile.
    /// </summary>
    /// <returns>What is wrong, one sentence each (100 at most); empty when everything holds.</returns>
    /// <exception cref="JournalUnavailableException">The journal cannot be read.</exception>
    public Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellation = default) => Task.Run(
        () =>
        {
            try
            {
                using var database = OpenReader();
                return JournalCheck.Run(database, cancellation);
            }
            catch (SqliteFault fault)
            {
                throw fault.ToJournalException();
            }
        },
        cancellation);

    /// <summary>Takes no more, finishes what is queued, empties the log into the database, and lets go of the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await Task.Run(Close);
    }

    private void Close()
    {
        _writes?.Finish();
        _readers.Dispose();
        _writes?.Dispose();
    }

    private static SqliteJournal Open(SqliteJournalOptions options)
    {
        var folder = new JournalFolder(options.Folder);
        try
        {
            return options.ReadOnly ? OpenReadOnly(folder, options) : OpenOwned(folder, options);
        }
        catch (SqliteFault fault)
        {
            throw fault.ToJournalException();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new JournalUnavailableException($"{folder.Path}: {fault.Message}", fault);
        }
    }

    private static SqliteJournal OpenOwned(JournalFolder folder, SqliteJournalOptions options)
    {
        DurableFolder.Create(Path.GetFullPath(folder.Path));
        var folderLock = new FolderLock(
            folder.Lock, $"{folder.Path}: another process has this journal open. Stop it first, or open the journal read-only.");
        try
        {
            WalInspection.Check(folder.Wal);
            var id = JournalOpening.EnsureCreated(folder);
            return new SqliteJournal(id, folder, WriteSide.Open(folder, folderLock, id, options), options);
        }
        catch
        {
            folderLock.Dispose();
            throw;
        }
    }

    /// <summary>The log is not inspected: its owner may be writing it, and readers drop nothing for good.</summary>
    private static SqliteJournal OpenReadOnly(JournalFolder folder, SqliteJournalOptions options)
    {
        var id = JournalOpening.Find(folder);
        using var database = JournalConnections.OpenReader(folder, readOnly: true);
        JournalOpening.Verify(new JournalTables(database), folder, id, isOwner: false, options.CheckAtOpenBytesMax);
        return new SqliteJournal(id, folder, null, options);
    }

    private Database OpenReader() => JournalConnections.OpenReader(_folder, _options.ReadOnly);

    private ValueTask<JournalResult> WriteAsync(Write write, CancellationToken cancellation) =>
        _writes is null ? ValueTask.FromResult(JournalMessages.ReadOnly) : _writes.WriteAsync(write, cancellation);
}

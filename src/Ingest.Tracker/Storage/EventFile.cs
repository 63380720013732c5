namespace Ingest.Tracker;

/// <summary>
/// The file of a tracker: every change is one transaction, in which events and counts change together. Thread-safe; other
/// processes may have the same file open.
/// </summary>
internal sealed partial class EventFile : IDisposable
{
    private readonly object _gate = new();
    private readonly TrackerOptions _options;
    private readonly Database _database;
    private readonly EventTable _events;
    private readonly DeadLetterTable _deadLetters;
    private readonly StateRow _state;
#if NET
    private readonly RegionListTable _regionList;
#endif
    private bool? _isSynced;
    private bool _isClosed;

    // Drops that happened without a transaction; the next one writes them down.
    private long _unsavedLarge;
    private long _unsavedUnstored;

    private EventFile(Database database, TrackerOptions options)
    {
        _database = database;
        _options = options;
        _events = new EventTable(database);
        _deadLetters = new DeadLetterTable(database);
        _state = new StateRow(database);
#if NET
        _regionList = new RegionListTable(database);
#endif
    }

    private delegate T Work<out T>(ref FileState state);

    /// <exception cref="TrackerFileException">The file cannot be used.</exception>
    public static EventFile Open(TrackerOptions options) => new(FileSchema.Open(options), options);

    /// <summary>Stores events, all in one commit, and says of each what became of it.</summary>
    /// <returns>Events that had been refused and made room.</returns>
    /// <exception cref="SqliteFault">Nothing is stored, or nobody knows.</exception>
    public List<DroppedEvent> Add(IReadOnlyList<PendingTrack> group)
    {
        var evicted = new List<DroppedEvent>();
        return Write(isSynced: _options.SurvivesPowerLoss, (ref state) =>
        {
            foreach (var track in group)
            {
                track.Result = TryMakeRoom(ref state, track.Body.Bytes, evicted) ? TrackResult.Stored : TrackResult.QueueFull;
                if (track.Result == TrackResult.QueueFull)
                {
                    state.DroppedFull++;
                    continue;
                }
                _events.Insert(track.Body, track.Time);
                state.Stored++;
                state.Pending++;
                state.PendingBytes += track.Body.Bytes;
            }
            return evicted;
        });
    }

    /// <summary>Counts an event that never reached the file.</summary>
    public void CountDrop(DropReason reason)
    {
        lock (_gate)
        {
            if (reason == DropReason.TooLarge)
                _unsavedLarge++;
            else
                _unsavedUnstored++;
        }
    }

    /// <summary>Counts, without those that only the sender knows.</summary>
    /// <exception cref="SqliteFault">They cannot be read.</exception>
    public TrackerStats ReadStats() => Read(() =>
    {
        var state = _state.Read();
        return new TrackerStats
        {
            Stored = state.Stored,
            Delivered = state.Delivered,
            Pending = state.Pending,
            PendingBytes = state.PendingBytes,
            SetAside = state.SetAside,
            SetAsideBytes = state.SetAsideBytes,
            DroppedQueueFull = state.DroppedFull,
            DroppedTooLarge = state.DroppedLarge + _unsavedLarge,
            DroppedNotStored = state.DroppedUnstored + _unsavedUnstored,
            DroppedTooOld = state.DroppedOld,
            DroppedRefused = state.DroppedRefused,
        };
    });

    /// <summary>The oldest events that were set aside.</summary>
    public List<DeadLetter> ReadDeadLetters(int lettersMax) => Read(() => _deadLetters.Read(lettersMax));

    /// <summary>Puts all events that were set aside behind those that wait.</summary>
    public long RequeueDeadLetters() => Write(isSynced: false, (ref state) =>
    {
        var count = state.SetAside;
        _deadLetters.Requeue();
        state.Pending += count;
        state.PendingBytes += state.SetAsideBytes;
        state.SetAside = state.SetAsideBytes = 0;
        return count;
    });

#if NET
    /// <summary>The list of regions that was kept last; null for none.</summary>
    public (byte[] Body, byte[] Signature)? ReadRegionList() => Read(_regionList.Read);

    /// <summary>Keeps a list of regions where it replaces the one that is there.</summary>
    /// <exception cref="SqliteFault">It is not kept.</exception>
    public void WriteRegionList(byte[] body, byte[] signature, Func<(byte[] Body, byte[] Signature)?, bool> replaces) =>
        Write(isSynced: false, (ref _) =>
        {
            if (replaces(_regionList.Read()))
                _regionList.Write(body, signature);
            return true;
        });

#endif
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            try
            {
                if (_unsavedLarge + _unsavedUnstored > 0)
                    Write(isSynced: false, static (ref _) => true);
            }
            catch (SqliteFault)
            {
                // Counts that cannot be written down are all that is lost.
            }
            _isClosed = true;
            _database.Dispose();
        }
    }

    /// <summary>Whether an event fits; events that had been refused give way to it.</summary>
    private bool TryMakeRoom(ref FileState state, int bytes, List<DroppedEvent> evicted)
    {
        if (state.Pending >= _options.QueueEventsMax || state.PendingBytes + bytes > _options.QueueBytesMax)
            return false;
        while (state.SetAside > 0
            && (state.Pending + state.SetAside >= _options.QueueEventsMax
                || state.PendingBytes + state.SetAsideBytes + bytes > _options.QueueBytesMax))
        {
            var oldest = _deadLetters.TakeOldest();
            state.SetAside--;
            state.SetAsideBytes -= oldest.Body.Bytes;
            state.DroppedRefused++;
            evicted.Add(oldest.Dropped(DropReason.Refused));
        }
        return true;
    }

    private T Read<T>(Func<T> work)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new SqliteFault(0, "The tracker is closed.");
            return work();
        }
    }

    /// <summary>
    /// One transaction. Without a sync it survives the end of the process, and is lost with those after it, never before
    /// it, when power is lost: right for all that is repeated harmlessly.
    /// </summary>
    private T Write<T>(bool isSynced, Work<T> work)
    {
        lock (_gate)
        {
            if (_isClosed)
                throw new SqliteFault(0, "The tracker is closed.");
            if (_isSynced != isSynced)
                _database.Execute(isSynced ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            _isSynced = isSynced;
            try
            {
                _database.Execute("BEGIN IMMEDIATE");
                var before = _state.Read();
                var after = before;
                after.DroppedLarge += _unsavedLarge;
                after.DroppedUnstored += _unsavedUnstored;
                var result = work(ref after);
                if (after != before)
                    _state.Write(after);
                _database.Execute("COMMIT");
                _unsavedLarge = _unsavedUnstored = 0;
                return result;
            }
            catch
            {
                Rollback();
                throw;
            }
        }
    }

    private void Rollback()
    {
        _database.ResetStatements();
        if (!_database.IsInTransaction)
            return;
        try
        {
            _database.Execute("ROLLBACK");
        }
        catch (SqliteFault)
        {
            // SQLite has ended it by itself. Should it not have, the next BEGIN says so.
        }
    }
}

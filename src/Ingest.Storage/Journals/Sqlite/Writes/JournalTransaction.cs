using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// What one group commit changes beyond its own rows: heads, ledger entries and totals are read once, changed in memory by
/// every write of the group, and written once before the commit. Used by the writer thread alone.
/// </summary>
internal sealed class JournalTransaction
{
    /// <summary>Bytes of a batch's bodies up to which they are deleted with its confirmation: 64 KiB.</summary>
    private const long FreedAtOnceBytesMax = 64 << 10;

    private readonly HeadCache _heads;
    private readonly LedgerChanges _ledger;
    private readonly IdSweep _sweep;
    private readonly SpaceFreeing _freeing;
    private readonly int _freedAtOnceRowsMax;
    private Totals _committed;
    private ClosedHours _closed;
    private ClosedHours _committedClosed;

    public JournalTransaction(JournalTables tables, SqliteJournalOptions options)
    {
        Tables = tables;
        _heads = new HeadCache(tables.Partitions, options.NewHeadsMax);
        _ledger = new LedgerChanges(_heads, tables.Ledger);
        _sweep = new IdSweep(tables.Ids, _heads, options.IdRowsPerStep, options.IdBytesPerStep);
        _freeing = new SpaceFreeing(this, options.FreedRowsPerStep, options.FreedBytesPerStep);
        _freedAtOnceRowsMax = options.FreedAtOnceRowsMax;
        Housekeeping = new Housekeeping(new HeadFold(_heads), _sweep, _freeing);
    }

    public JournalTables Tables { get; }

    public Housekeeping Housekeeping { get; }

    /// <summary>The totals as this transaction leaves them.</summary>
    public Totals Totals { get; set; }

    /// <summary>The closed hours as this transaction leaves them.</summary>
    public ClosedHours Closed
    {
        get => _closed;
        set
        {
            IsDirty |= value != _closed;
            _closed = value;
        }
    }

    /// <summary>Why appends must be refused now; null when they are welcome.</summary>
    public string? AppendRefusal { get; set; }

    /// <summary>True when there is something to commit.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Begins with what the database holds.</summary>
    public void Load()
    {
        _committed = Totals = Tables.Totals.Read();
        _committedClosed = _closed = Tables.ClosedHour.Read();
        _heads.Load();
        _sweep.Begin(Totals.NextPosition);
    }

    public PartitionHead? Head(PartitionId id) => _heads.Find(id);

    /// <summary>The head with a key; null for a partition that was never committed.</summary>
    public PartitionHead? Head(int key) => _heads.CommittedOf(key) is { } head ? _heads.Find(head.Id) : null;

    /// <summary>Number of partitions of a source; 0 where it is unknown.</summary>
    public int PartitionCount(string source) => _heads.PartitionCount(source);

    /// <summary>The head of a partition never written, with the next key.</summary>
    public PartitionHead NewHead(PartitionId id)
    {
        Totals = Totals with { Partitions = Totals.Partitions + 1 };
        return new PartitionHead(checked((int)Totals.Partitions), id, 1, default, 0, IdChain.Empty, default, default, null);
    }

    public void Set(PartitionHead head)
    {
        IsDirty = true;
        _heads.Set(head);
    }

    /// <summary>A position that no row ever had.</summary>
    public long NextPosition()
    {
        var position = Totals.NextPosition;
        Totals = Totals with { NextPosition = position + 1 };
        return position;
    }

    /// <summary>The ledger entry of a partition and hour, to be changed in place; made where there is none.</summary>
    public ref LedgerEntry Ledger(PartitionId partition, LakeHour hour)
    {
        IsDirty = true;
        return ref _ledger.Entry(partition, hour);
    }

    /// <summary>Drops a stored ledger entry, and what this transaction added to it.</summary>
    public void DropLedger(PartitionHead head, LakeHour hour)
    {
        IsDirty = true;
        Totals = Totals with { LedgerRows = Totals.LedgerRows - _ledger.Drop(head, hour) };
    }

    /// <summary>Counts confirmed batches that were dropped.</summary>
    public void ForgotShipped(int batches)
    {
        IsDirty |= batches > 0;
        Totals = Totals with { ShippedBatches = Totals.ShippedBatches - batches };
    }

    /// <summary>Remembers a relay object.</summary>
    public void AddRelayed(RelayedObject relayed)
    {
        IsDirty = true;
        Tables.Relayed.Insert(relayed);
    }

    /// <summary>Drops relay objects that were delivered before a time.</summary>
    /// <returns>How many went.</returns>
    public int ForgetRelayed(Instant before, int max)
    {
        var rows = Tables.Relayed.Forget(before, max);
        IsDirty |= rows > 0;
        return rows;
    }

    /// <summary>Stores a body.</summary>
    /// <returns>Its position.</returns>
    public long AddBody(Crc32C crc, ReadOnlySpan<byte> body)
    {
        IsDirty = true;
        var position = NextPosition();
        Tables.Bodies.Insert(position, crc, body);
        _freeing.Stored(body.Length);
        Totals = Totals with { BacklogBytes = Totals.BacklogBytes + body.Length };
        return position;
    }

    /// <summary>
    /// Deletes the bodies and blocks of a batch that was confirmed, or whose merged body takes their place: at once where they
    /// are few, as those of a trickle are, else later, in steps. What is deleted later is checked then.
    /// </summary>
    /// <exception cref="JournalCorruptException">The stored blocks are not those that were sealed.</exception>
    public void Free(PendingBatch pending)
    {
        if (pending.Bodies > _freedAtOnceRowsMax || pending.Batch.BodyBytes > FreedAtOnceBytesMax)
        {
            Tables.Freed.Write(FreedBatch.Of(pending, NextPosition()));
            _freeing.Add();
            return;
        }

        foreach (var position in BatchBodies.Positions(Tables, pending))
        {
            Tables.Bodies.Delete(position);
            if (!pending.IsMerged)
                Tables.Blocks.Delete(position);
        }

        Totals = Totals with { BacklogBytes = Totals.BacklogBytes - pending.Batch.BodyBytes };
    }

    /// <summary>Writes down that a step of <see cref="SpaceFreeing"/> deleted bodies; its commit follows.</summary>
    /// <remarks>It is not counted in <see cref="Totals.Commits"/>: where it is lost, what it deleted is there and goes again.</remarks>
    public void FreedBodies(long bytes)
    {
        Totals = Totals with { BacklogBytes = Totals.BacklogBytes - bytes };
        Tables.Totals.Write(Totals);
    }

    /// <summary>Stores a run of ids as the newest of a partition.</summary>
    /// <returns>The head that names it.</returns>
    public PartitionHead AddIds(PartitionHead head, IdRun run)
    {
        var position = NextPosition();
        Tables.Ids.Insert(new StoredIdRun(head.Key, position, run, head.Ids.Newest, head.Ids.NewestSeq));
        _sweep.Add(run.Ids.Length);
        return head with { Ids = head.Ids with { Newest = position, NewestSeq = run.FirstSeq } };
    }

    /// <summary>Forgets the runs of a partition with a first seq below a bound.</summary>
    /// <returns>The head that says so.</returns>
    public PartitionHead ForgetIds(PartitionHead head, long below)
    {
        _sweep.Add(bytes: 0);
        return head with { Ids = head.Ids with { Forgotten = below } };
    }

    /// <summary>Puts other runs, oldest first, in the place of all that a partition has.</summary>
    /// <returns>The head that names them.</returns>
    public PartitionHead ReplaceIds(PartitionHead head, IEnumerable<IdRun> runs) =>
        runs.Aggregate(head with { Ids = IdChain.Empty with { From = Totals.NextPosition } }, AddIds);

    /// <summary>Writes what was changed in memory; the commit follows.</summary>
    public void Flush()
    {
        Totals = Totals with { LedgerRows = Totals.LedgerRows + _ledger.Flush() };
        _heads.Flush(this);
        if (_closed != _committedClosed)
            Tables.ClosedHour.Write(_closed.Last!.Value);
        Totals = Totals with { Commits = Totals.Commits + 1 };
        Tables.Totals.Write(Totals);
    }

    public void Committed()
    {
        _heads.Committed();
        _committed = Totals;
        _committedClosed = _closed;
        Clear();
    }

    public void RolledBack()
    {
        _heads.RolledBack();
        Totals = _committed;
        _closed = _committedClosed;
        Clear();
    }

    private void Clear()
    {
        _ledger.Clear();
        IsDirty = false;
    }
}

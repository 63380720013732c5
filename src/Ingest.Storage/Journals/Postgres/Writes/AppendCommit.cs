using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>
/// Commits a group of appends in one round trip: what the appends are allowed by is checked by the statements themselves, which
/// fail the transaction where it does not hold. Only then is it looked up whose fault it was, and the others run again.
/// </summary>
/// <remarks>
/// A further condition of an append goes into <see cref="PartitionsTable.Append"/> or beside
/// <see cref="GenerationTables.RequireOpen"/>, behind the statement that locks, and into <see cref="LeaveOutAsync"/>.
/// </remarks>
internal sealed class AppendCommit(PartitionKeys keys, PostgresJournalOptions options) : GroupCommit(keys, options)
{
    private readonly List<(int Key, AppendWrite Write)> _appends = [];
    private readonly List<BlockRow> _blocks = [];
    private readonly List<IdsRow> _ids = [];
    private readonly Dictionary<(int Partition, LakeHour Hour), LedgerEntry> _counts = [];
    private OpenGenerations? _open;

    // Hours are only ever closed: what is known here may be too little, never too much.
    private ClosedHours? _closed;

    protected override async Task TryAsync(Session session, IReadOnlyList<PostgresWrite> writes, GroupStep step)
    {
        var closed = _closed ??= await ClosedHoursTable.ReadAsync(session);
        if (Gather(writes, closed) is { Count: > 0 } unknown)
            await FenceUnknownAsync(session, unknown);
        if (_appends.Count == 0)
            return;

        var open = _open ??= (await session.QueryAsync(GenerationTables.ReadOpen, GenerationTables.ReadOpenRow))[0];
        await using var batch = new NpgsqlBatch(session.Connection) { Timeout = session.Seconds };
        batch.BatchCommands.Add(new NpgsqlBatchCommand("BEGIN"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClosedHoursTable.LockForAppend));
        batch.BatchCommands.Add(ClosedHoursTable.RequireLast(closed));
        batch.BatchCommands.Add(PartitionsTable.Append(_appends, open.Blocks));
        batch.BatchCommands.Add(GenerationTables.RequireOpen(open));
        if (_blocks.Count > 0)
            batch.BatchCommands.Add(BlocksTable.Insert(open.Blocks, _blocks));
        if (_ids.Count > 0)
            batch.BatchCommands.Add(IdsTable.Insert(open.Ids, _ids));
        if (_counts.Count > 0)
            batch.BatchCommands.Add(LedgerTable.Add(_counts));
        batch.BatchCommands.Add(step.Commit);
        step.Begun(session.Connection);
        step.Committing();
        await batch.ExecuteNonQueryAsync(session.Cancellation);
    }

    protected override async Task<IReadOnlyList<PostgresWrite>?> LeaveOutAsync(Session session, IReadOnlyList<PostgresWrite> writes, Exception fault)
    {
        if (Faults.IsClosedGeneration(fault))
        {
            _open = null;
            return writes;
        }

        if (Faults.IsClosedHour(fault))
        {
            _closed = null;
            return writes;
        }

        if (!Faults.IsFenced(fault))
            return null;

        var rows = await session.QueryAsync(
            $"SELECT {PartitionsTable.Columns} FROM ingest.partitions p WHERE p.id = ANY ($1)", PartitionsTable.Read, Parameter.Of(KeysOf(writes)));
        var byId = rows.ToDictionary(row => row.Id);
        var rest = new List<PostgresWrite>();
        foreach (var write in writes.Cast<AppendWrite>())
        {
            var row = byId.GetValueOrDefault(write.Partition);
            if (row is not null && row.NextSeq != write.Append.FirstSeq)
                write.Result = JournalMessages.Fenced(write.Append, row.NextSeq);
            else if (row is not null && row.PartitionCount != write.Append.PartitionCount)
                write.Result = JournalMessages.FencedByCount(write.Append, row.PartitionCount);
            else
                rest.Add(write);
        }

        return rest;
    }

    /// <summary>
    /// Rows of the appends whose partition has one, by its key: the order in which rows are locked. Those of closed hours are
    /// fenced.
    /// </summary>
    /// <returns>Those whose partition has none. Keys are learned by others meanwhile, so each is asked for once.</returns>
    private List<AppendWrite> Gather(IReadOnlyList<PostgresWrite> writes, ClosedHours closed)
    {
        var unknown = new List<AppendWrite>();
        _appends.Clear();
        _blocks.Clear();
        _ids.Clear();
        _counts.Clear();
        foreach (var write in writes.Cast<AppendWrite>())
        {
            if (Keys.Find(write.Partition) is not { } key)
                unknown.Add(write);
            else if (closed.BlockOfClosed(write.Append) is { } late)
                write.Result = JournalMessages.FencedByHour(write.Append, late);
            else
                _appends.Add((key, write));
        }

        _appends.Sort(static (a, b) => a.Key.CompareTo(b.Key));
        foreach (var (key, write) in _appends)
            write.AddRows(key, closed, _blocks, _ids, _counts);
        return unknown;
    }

    /// <summary>A partition without a row: another one's seqs are meant, or another number of partitions.</summary>
    private static async Task FenceUnknownAsync(Session session, IReadOnlyList<AppendWrite> unknown)
    {
        var counts = (await session.QueryAsync(
            "SELECT name, partition_count FROM ingest.sources WHERE name = ANY ($1)",
            rows => KeyValuePair.Create(rows.GetString(0), rows.GetInt32(1)),
            Parameter.Of(unknown.Select(write => write.Partition.Source).Distinct(StringComparer.Ordinal).ToArray()))).ToDictionary(StringComparer.Ordinal);
        foreach (var write in unknown)
        {
            write.Result = write.IsFirst
                ? JournalMessages.FencedByCount(write.Append, counts.GetValueOrDefault(write.Partition.Source))
                : JournalMessages.Fenced(write.Append, 1);
        }
    }
}

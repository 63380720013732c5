using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>A run of ids as it is stored.</summary>
/// <param name="Partition">The partition's key.</param>
/// <param name="Position">Where it stands.</param>
/// <param name="Run">The run.</param>
/// <param name="Previous">Position of the run before it in its partition; 0 for none.</param>
/// <param name="PreviousSeq">That run's first seq.</param>
internal readonly record struct StoredIdRun(int Partition, long Position, IdRun Run, long Previous, long PreviousSeq);

/// <summary>
/// The dedupe window, one run of ids an append, in order of arrival: an index by partition would rewrite a page for each run.
/// Each run names the one before it, so that a window is found from its newest run on (<see cref="IdChain"/>), and a run that
/// vanished is noticed. Rows that are over go later (<see cref="IdSweep"/>).
/// </summary>
internal sealed class IdsTable(Database database)
{
    private const string Columns = "position, partition, first_seq, previous, previous_seq, clock, crc, ids";

    private readonly Statement _insert = database.Prepare($"INSERT INTO ids({Columns}) VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
    private readonly Statement _find = database.Prepare($"SELECT {Columns} FROM ids WHERE position=?");
    private readonly Statement _all = database.Prepare($"SELECT {Columns} FROM ids");
    private readonly Statement _after = database.Prepare("SELECT position, partition, first_seq, length(ids) FROM ids WHERE position>? ORDER BY position LIMIT ?");
    private readonly Statement _delete = database.Prepare("DELETE FROM ids WHERE position=?");

    public void Insert(in StoredIdRun stored) => _insert
        .Bind(8, stored.Run.Ids.Span)
        .Run(
            stored.Position,
            stored.Partition,
            stored.Run.FirstSeq,
            stored.Previous,
            stored.PreviousSeq,
            stored.Run.Clock.UnixMilliseconds,
            ChecksumOf(stored, stored.Run.Ids.Span));

    /// <summary>Deletes a row, unless it is damaged: then it is evidence.</summary>
    public void DeleteSound(long position)
    {
        using (var rows = _find.Query(position))
        {
            if (rows.Next())
                Read(rows, keep: false);
        }

        _delete.Run(position);
    }

    /// <summary>Visits the first rows behind a position, as long as that gives true: where each stands, its partition's key, its first seq, and the bytes of its ids.</summary>
    public void VisitAfter(long position, int max, Func<long, int, long, int, bool> visit)
    {
        using var rows = _after.Query(position, max);
        while (rows.Next() && visit(rows.Int64(0), rows.Int32(1), rows.Int64(2), rows.Int32(3)))
        {
            // The visit decides.
        }
    }

    /// <summary>The newest runs, oldest first: whole runs until there are <paramref name="idsMax"/> ids, without those older than <paramref name="since"/>.</summary>
    public List<IdRun> Read(PartitionHead head, int idsMax, Instant since)
    {
        var runs = new List<IdRun>();
        long ids = 0;
        var (position, firstSeq) = (head.Ids.Newest, head.Ids.NewestSeq);
        while (ids < idsMax && position != 0 && !head.Ids.IsOver(position, firstSeq))
        {
            using var rows = _find.Query(position);
            if (!rows.Next())
                throw Gap(head, firstSeq);

            var stored = Read(rows, keep: rows.Int64(5) >= since.UnixMilliseconds);
            if (stored.Partition != head.Key || stored.Run.FirstSeq != firstSeq || stored.Previous >= position)
                throw Gap(head, firstSeq);

            (position, firstSeq) = (stored.Previous, stored.PreviousSeq);
            if (stored.Run.Clock < since)
                continue;

            runs.Add(stored.Run);
            ids += stored.Run.Ids.Length / WriteRules.IdBytes;
        }

        runs.Reverse();
        return runs;
    }

    /// <summary>Verifies every row's checksum.</summary>
    public void ScanAll(Action<JournalCorruptException> damaged) => _all.Scan((in Statement.Rows rows) => Read(rows, keep: false), damaged);

    private StoredIdRun Read(in Statement.Rows rows, bool keep)
    {
        var ids = rows.Blob(7);
        var run = new IdRun(rows.Int64(2), new Instant(rows.Int64(5)), keep ? ids.ToArray() : default);
        var stored = new StoredIdRun(rows.Int32(1), rows.Int64(0), run, rows.Int64(3), rows.Int64(4));
        if (rows.Int64(6) != ChecksumOf(stored, ids))
            throw Damage.Row(database.Path, "ids", $"partition id {stored.Partition}, first seq {run.FirstSeq}", "its checksum does not hold");

        return stored;
    }

    private JournalCorruptException Gap(PartitionHead head, long firstSeq) => Damage.Row(
        database.Path, "ids", $"partition {head.Id} (id {head.Key}), first seq {firstSeq}", "it is missing, or another stands in its place");

    private static uint ChecksumOf(in StoredIdRun stored, ReadOnlySpan<byte> ids)
    {
        var crc = new Crc32C();
        crc.Add("ids");
        crc.Add(stored.Partition);
        crc.Add(stored.Position);
        crc.Add(stored.Run.FirstSeq);
        crc.Add(stored.Previous);
        crc.Add(stored.PreviousSeq);
        crc.Add(stored.Run.Clock.UnixMilliseconds);
        crc.Add(ids.Length);
        crc.Add(ids);
        return crc.Value;
    }
}

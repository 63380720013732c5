using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// The table of requests that wait, on one connection. A row's checksum covers all of its fields but <c>aside</c>: 0 while it
/// waits, 1 where it was found damaged and is left to a person, 2 where it is whole and this version of the program cannot read
/// it, until the next start.
/// </summary>
internal sealed class SpillTable(Database database)
{
    private readonly Statement _insert = database.Prepare(
        "INSERT INTO batches(position, source, events, received, aside, crc, body) VALUES(?1, ?2, ?3, ?4, 0, ?5, ?6)");

    private readonly Statement _delete = database.Prepare("DELETE FROM batches WHERE position = ?1");
    private readonly Statement _setAside = database.Prepare("UPDATE batches SET aside = ?2 WHERE position = ?1");
    private readonly Statement _oldest = database.Prepare(
        "SELECT received FROM batches WHERE aside = 0 ORDER BY position LIMIT 1");

    private readonly Statement _first = database.Prepare(
        "SELECT position FROM batches INDEXED BY batches_by_source WHERE aside = 0 AND source = ?1 ORDER BY position LIMIT ?2");

    private readonly Statement _read = database.Prepare(
        "SELECT position, events, received, crc, body FROM batches INDEXED BY batches_by_source WHERE aside = 0 AND source = ?1 ORDER BY position LIMIT ?2");

    public Database Database { get; } = database;

    public void Insert(long position, string source, int events, Instant received, ReadOnlySpan<byte> body)
    {
        _insert.Bind(1, position).Bind(2, source).Bind(3, events).Bind(4, received.UnixMilliseconds)
            .Bind(5, Checksum(position, source, events, received.UnixMilliseconds, body)).Bind(6, body);
        Run(_insert);
    }

    /// <summary>Removes rows. Those that are not there are no mistake.</summary>
    public void Delete(IEnumerable<long> positions)
    {
        foreach (var position in positions)
            _delete.Run(position);
    }

    public void SetAside(UnreadRow row)
    {
        _setAside.Bind(1, row.Position).Bind(2, row.IsDamaged ? 1 : 2);
        Run(_setAside);
    }

    /// <summary>Rows that another version could not read wait again: this one may.</summary>
    public void ReleaseWhole() => Database.Execute("UPDATE batches SET aside = 0 WHERE aside = 2");

    /// <summary>When the oldest row that waits was received; null when none does.</summary>
    public Instant? OldestReceived()
    {
        using var rows = _oldest.Query();
        return rows.Next() ? new Instant(rows.Int64(0)) : null;
    }

    /// <summary>Position of a source's oldest row that does not rest; 0 when it has none.</summary>
    public long FirstOf(string source, IReadOnlySet<long> resting)
    {
        using var rows = _first.Bind(1, source).Bind(2, resting.Count + 1).Query();
        while (rows.Next())
        {
            if (!resting.Contains(rows.Int64(0)))
                return rows.Int64(0);
        }

        return 0;
    }

    /// <summary>Reads a source's oldest rows, verified.</summary>
    /// <param name="source">The source.</param>
    /// <param name="resting">Positions to leave out.</param>
    /// <param name="countMax">Most rows to read.</param>
    /// <param name="bytesMax">Bytes after which no further row is read.</param>
    /// <param name="unread">Receives what does not verify, or cannot be read.</param>
    public List<SpilledBatch> Read(
        string source, IReadOnlySet<long> resting, int countMax, int bytesMax, List<UnreadRow> unread)
    {
        var read = new List<SpilledBatch>();
        var bytes = 0;
        using var rows = _read.Bind(1, source).Bind(2, countMax + resting.Count).Query();
        while (bytes < bytesMax && read.Count + unread.Count < countMax && rows.Next())
        {
            var position = rows.Int64(0);
            if (resting.Contains(position))
                continue;
            var body = rows.Blob(4);
            if (rows.Int64(3) != Checksum(position, source, rows.Int64(1), rows.Int64(2), body))
            {
                unread.Add(new UnreadRow(position, "its checksum does not hold", IsDamaged: true));
                continue;
            }

            bytes += body.Length;
            if (Decode(position, body, unread) is { } batch)
                read.Add(new SpilledBatch(position, source, batch, body.Length));
        }

        return read;
    }

    /// <summary>What waits, by source.</summary>
    public IEnumerable<(string Source, SpillCounts Counts)> Sum()
    {
        using var statement = new Statement(
            Database, "SELECT source, count(*), sum(events), sum(length(body)) FROM batches WHERE aside = 0 GROUP BY source");
        var sums = new List<(string, SpillCounts)>();
        using var rows = statement.Query();
        while (rows.Next())
            sums.Add((rows.Text(0), new SpillCounts(rows.Int64(1), rows.Int64(2), rows.Int64(3))));
        return sums;
    }

    private static void Run(Statement statement)
    {
        using var rows = statement.Query();
        rows.Next();
    }

    private static EventBatch? Decode(long position, ReadOnlySpan<byte> body, List<UnreadRow> unread)
    {
        try
        {
            return EventBatchCodec.Read(ref body);
        }
        catch (InvalidDataException fault)
        {
            // Its bytes are those that were written: another version of this program did.
            unread.Add(new UnreadRow(position, $"this version cannot read it: {fault.Message}", IsDamaged: false));
            return null;
        }
    }

    private static long Checksum(long position, string source, long events, long received, ReadOnlySpan<byte> body)
    {
        var crc = new Crc32C();
        crc.Add(position);
        crc.Add(source);
        crc.Add(events);
        crc.Add(received);
        crc.Add(body);
        return crc.Value;
    }
}

/// <summary>A row that cannot be drained.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Found">What was found, for people.</param>
/// <param name="IsDamaged">Whether it is not what was written; else another version of this program wrote it.</param>
internal readonly record struct UnreadRow(long Position, string Found, bool IsDamaged);

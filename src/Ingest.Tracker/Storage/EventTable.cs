namespace Ingest.Tracker;

/// <summary>The events that wait, oldest first.</summary>
internal sealed class EventTable(Database database)
{
    private readonly Statement _insert = database.Prepare(
        "INSERT INTO event (id, name, schema, data, occurred_at, recorded_at, epoch, elapsed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _read = database.Prepare(
        "SELECT seq, id, name, schema, data, occurred_at, recorded_at, epoch, elapsed, is_requeued FROM event ORDER BY seq LIMIT ?");

    private readonly Statement _delete = database.Prepare("DELETE FROM event WHERE seq = ?");

    private readonly Statement _first = database.Prepare("SELECT ifnull(min(seq), 0) FROM event");

    private readonly Statement _last = database.Prepare("SELECT ifnull(max(seq), 0) FROM event");

    public void Insert(EventBody body, in EventTime time) => _insert
        .With(body.Id).With(body.Name).With(body.Schema).With(body.Data)
        .With(time.OccurredAt).With(time.RecordedAt).With(time.Epoch).With(time.Elapsed)
        .Run();

    /// <summary>Hands out the oldest until there are no more, or <paramref name="takes"/> says no: that one is not taken.</summary>
    public void Read(int eventsMax, Func<QueuedEvent, bool> takes)
    {
        try
        {
            _read.With(eventsMax);
            while (_read.Next() && takes(new QueuedEvent(_read.Int64(0), Row.Body(_read, 1), Row.Time(_read, 5), _read.Int64(9) != 0)))
            {
            }
        }
        finally
        {
            _read.Reset();
        }
    }

    /// <returns>False where it was not there any more.</returns>
    public bool Delete(long seq)
    {
        _delete.With(seq).Run();
        return database.Changes == 1;
    }

    /// <summary>The place of the oldest; 0 where there is none.</summary>
    public long First() => Value(_first);

    /// <summary>The place of the newest; 0 where there is none.</summary>
    public long Last() => Value(_last);

    private static long Value(Statement statement)
    {
        try
        {
            statement.Next();
            return statement.Int64(0);
        }
        finally
        {
            statement.Reset();
        }
    }
}

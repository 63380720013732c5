namespace Ingest.Tracker;

/// <summary>The events that were refused by themselves, oldest refusal first.</summary>
internal sealed class DeadLetterTable(Database database)
{
    private const string Columns = "id, name, schema, data, occurred_at, recorded_at, epoch, elapsed";

    private readonly Statement _insert = database.Prepare(
        $"INSERT INTO dead_letter ({Columns}, status, refused_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

    private readonly Statement _read = database.Prepare(
        $"SELECT seq, {Columns}, status, refused_at FROM dead_letter ORDER BY seq LIMIT ?");

    private readonly Statement _delete = database.Prepare("DELETE FROM dead_letter WHERE seq = ?");

    private readonly Statement _requeue = database.Prepare(
        $"INSERT INTO event ({Columns}, is_requeued) SELECT {Columns}, 1 FROM dead_letter ORDER BY seq");

    private readonly Statement _clear = database.Prepare("DELETE FROM dead_letter");

    public void Insert(EventBody body, in EventTime time, int status, long refusedAt) => _insert
        .With(body.Id).With(body.Name).With(body.Schema).With(body.Data)
        .With(time.OccurredAt).With(time.RecordedAt).With(time.Epoch).With(time.Elapsed)
        .With(status).With(refusedAt)
        .Run();

    public List<DeadLetter> Read(int lettersMax)
    {
        var letters = new List<DeadLetter>();
        try
        {
            _read.With(lettersMax);
            while (_read.Next())
            {
                letters.Add(new DeadLetter(
                    Row.Body(_read, 1), DateTimeOffset.FromUnixTimeMilliseconds(_read.Int64(5)), (int)_read.Int64(9),
                    DateTimeOffset.FromUnixTimeMilliseconds(_read.Int64(10))));
            }
        }
        finally
        {
            _read.Reset();
        }
        return letters;
    }

    /// <summary>Removes the oldest, of which there must be one.</summary>
    public QueuedEvent TakeOldest()
    {
        QueuedEvent oldest;
        try
        {
            _read.With(1).Next();
            oldest = new QueuedEvent(_read.Int64(0), Row.Body(_read, 1), Row.Time(_read, 5));
        }
        finally
        {
            _read.Reset();
        }
        _delete.With(oldest.Seq).Run();
        return oldest;
    }

    /// <summary>Puts all of them behind the events that wait.</summary>
    public void Requeue()
    {
        _requeue.Run();
        _clear.Run();
    }
}

namespace Ingest.Storage;

/// <summary>
/// Deletes rows of ids that are over, round after round in the order in which they stand: a partition's own rows cannot be
/// found from their oldest on. Two rows are looked at for each that is added, so that under steady load there are never more of
/// those that are over than of the others; the rest goes when nothing is written. Used by the writer thread alone.
/// </summary>
/// <param name="table">Where they are stored.</param>
/// <param name="heads">Say what is over.</param>
/// <param name="rowsPerStep"><see cref="SqliteJournalOptions.IdRowsPerStep"/>.</param>
internal sealed class IdSweep(IdsTable table, HeadCache heads, int rowsPerStep)
{
    private const int RowsPerWrite = 2;

    private readonly List<(long Position, int Partition, long FirstSeq)> _rows = [];
    private long _position;
    private long _reached;
    private int _due;

    /// <summary>Ends of the table to be reached until every row that was over at the last change was looked at.</summary>
    private int _roundsLeft;

    /// <summary>As many writes came as pay for a step.</summary>
    public bool IsDue => _due >= rowsPerStep;

    /// <summary>There may be rows that are over.</summary>
    public bool IsUnfinished => _roundsLeft > 0;

    /// <summary>Begins somewhere else each time, so that rows at the front that stay do not keep the others for ever from being looked at.</summary>
    public void Begin(long nextPosition)
    {
        _position = Random.Shared.NextInt64(nextPosition);
        _roundsLeft = 2;
    }

    /// <summary>A run was added, or some are over.</summary>
    public void Add()
    {
        _due += RowsPerWrite;
        _roundsLeft = 2;
    }

    /// <summary>Looks at some rows. To be followed by <see cref="Done"/> once what it did is committed.</summary>
    /// <returns>True where rows were deleted.</returns>
    /// <exception cref="Ingest.Engine.JournalCorruptException">A row that looks as if it were over is not what was written: it stays.</exception>
    public bool Step()
    {
        _rows.Clear();
        table.ReadAfter(_position, rowsPerStep, _rows);
        var deleted = false;
        foreach (var (position, partition, firstSeq) in _rows)
        {
            if (heads.CommittedOf(partition)?.Ids.IsOver(position, firstSeq) == true)
            {
                table.DeleteSound(position);
                deleted = true;
            }
        }

        _reached = _rows.Count < rowsPerStep ? 0 : _rows[^1].Position;
        return deleted;
    }

    public void Done()
    {
        _position = _reached;
        _due = Math.Max(0, _due - rowsPerStep);
        if (_reached == 0)
            _roundsLeft--;
    }

    /// <summary>Goes on elsewhere, later.</summary>
    public void Failed(long nextPosition)
    {
        _due = 0;
        _roundsLeft = 0;
        _position = Random.Shared.NextInt64(nextPosition);
    }
}

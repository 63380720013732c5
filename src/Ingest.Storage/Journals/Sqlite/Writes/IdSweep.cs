namespace Ingest.Storage;

/// <summary>
/// Deletes rows of ids that are over, round after round in the order in which they stand: a partition's own rows cannot be
/// found from their oldest on. Two rows are looked at for each that is added, so that under steady load there are never more of
/// those that are over than of the others; the rest goes when nothing is written. Used by the writer thread alone.
/// </summary>
/// <remarks>
/// A step that met as many bytes to delete as one may ends before it looked at all its rows. What it did not look at stays due,
/// and the next step follows the next commit. It may delete twice what was added meanwhile beside its own bound, so that this
/// catches up, however large the commits are.
/// </remarks>
/// <param name="table">Where they are stored.</param>
/// <param name="heads">Say what is over.</param>
/// <param name="rowsPerStep"><see cref="SqliteJournalOptions.IdRowsPerStep"/>.</param>
/// <param name="bytesPerStep"><see cref="SqliteJournalOptions.IdBytesPerStep"/>.</param>
internal sealed class IdSweep(IdsTable table, HeadCache heads, int rowsPerStep, long bytesPerStep) : IChore
{
    private const int RowsPerWrite = 2;

    /// <summary>Positions of the rows that the step deletes.</summary>
    private readonly List<long> _over = [];

    private long _position;
    private long _reached;
    private int _looked;
    private int _due;
    private bool _endedEarly;

    /// <summary>Bytes of ids that were added since the last step.</summary>
    private long _bytesAdded;

    /// <summary>Ends of the table to be reached until every row that was over at the last change was looked at.</summary>
    private int _roundsLeft;

    public TimeSpan? NextIn => _endedEarly ? TimeSpan.Zero : null;

    /// <summary>As many writes came as pay for a step, the last one ended early, or nothing is written and there may be rows that are over.</summary>
    public bool IsDue(bool idle) => _due >= rowsPerStep || _endedEarly || (idle && _roundsLeft > 0);

    /// <summary>Begins somewhere else each time, so that rows at the front that stay do not keep the others for ever from being looked at.</summary>
    public void Begin(long nextPosition)
    {
        _position = Random.Shared.NextInt64(nextPosition);
        _roundsLeft = 2;
    }

    /// <summary>A run was added, or some are over.</summary>
    /// <param name="bytes">Bytes of the run; 0 for none.</param>
    public void Add(int bytes)
    {
        _due += RowsPerWrite;
        _bytesAdded += bytes;
        _roundsLeft = 2;
    }

    /// <summary>Looks at some rows.</summary>
    /// <returns>True where rows were deleted.</returns>
    /// <exception cref="Ingest.Engine.JournalCorruptException">A row that looks as if it were over is not what was written: it stays.</exception>
    public bool Step()
    {
        // Only from one step to the next commit's is what was added that of one commit: before the first it is that of many.
        var bytesLeft = bytesPerStep + (_endedEarly ? 2 * _bytesAdded : 0);
        _over.Clear();
        (_looked, _reached) = (0, 0);
        table.VisitAfter(_position, rowsPerStep, (position, partition, firstSeq, bytes) =>
        {
            _looked++;
            _reached = position;
            if (heads.CommittedOf(partition)?.Ids.IsOver(position, firstSeq) == true)
            {
                _over.Add(position);
                bytesLeft -= bytes;
            }

            return bytesLeft > 0;
        });
        _endedEarly = bytesLeft <= 0;
        if (!_endedEarly && _looked < rowsPerStep)
            _reached = 0;
        foreach (var position in _over)
            table.DeleteSound(position);
        return _over.Count > 0;
    }

    public void Done()
    {
        _position = _reached;
        _due = Math.Max(0, _due - (_endedEarly ? _looked : rowsPerStep));
        _bytesAdded = 0;
        if (_reached == 0)
            _roundsLeft--;
    }

    /// <summary>Goes on elsewhere, after as many writes more.</summary>
    public void Failed(Exception fault, long nextPosition)
    {
        _due = 0;
        _roundsLeft = 0;
        _endedEarly = false;
        _bytesAdded = 0;
        _position = Random.Shared.NextInt64(nextPosition);
    }
}

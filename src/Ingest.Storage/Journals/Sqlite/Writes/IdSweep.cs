namespace Ingest.Storage;

/// <summary>
/// Deletes rows of ids that are over, round after round in the order in which they stand: a partition's own rows cannot be
/// found from their oldest on. Two rows are looked at for each that is added, so that there are never more of those that are
/// over than of the others. Used by the writer thread alone.
/// </summary>
internal sealed class IdSweep(IdsTable table, HeadCache heads)
{
    private const int RowsPerWrite = 2;

    /// <summary>Rows of one step: one look-up for many of them.</summary>
    private const int RowsPerStep = 64;

    private readonly List<(long Position, int Partition, long FirstSeq)> _rows = [];
    private (long Position, int Due) _committed;
    private (long Position, int Due) _now;

    /// <summary>A run was added, or some are over.</summary>
    public void Add() => _now.Due += RowsPerWrite;

    /// <summary>Takes the steps that are due.</summary>
    public void Advance()
    {
        for (; _now.Due >= RowsPerStep; _now.Due -= RowsPerStep)
        {
            _rows.Clear();
            table.ReadAfter(_now.Position, RowsPerStep, _rows);
            foreach (var (position, partition, firstSeq) in _rows)
            {
                if (heads.CommittedOf(partition)?.Ids.IsOver(position, firstSeq) == true)
                    table.Delete(position);
            }

            _now.Position = _rows.Count < RowsPerStep ? 0 : _rows[^1].Position;
        }
    }

    public void Committed() => _committed = _now;

    public void RolledBack() => _now = _committed;
}

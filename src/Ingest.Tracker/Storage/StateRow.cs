namespace Ingest.Tracker;

/// <summary>Reads and writes the one row of state.</summary>
internal sealed class StateRow(Database database)
{
    private readonly Statement _read = database.Prepare(
        """
        SELECT stored, delivered, pending, pending_bytes, set_aside, set_aside_bytes, dropped_full, dropped_large,
            dropped_unstored, dropped_old, dropped_refused
        FROM state
        """);

    private readonly Statement _write = database.Prepare(
        """
        UPDATE state SET stored = ?, delivered = ?, pending = ?, pending_bytes = ?, set_aside = ?, set_aside_bytes = ?,
            dropped_full = ?, dropped_large = ?, dropped_unstored = ?, dropped_old = ?, dropped_refused = ?
        """);

    public FileState Read()
    {
        try
        {
            _read.Next();
            return new FileState
            {
                Stored = _read.Int64(0),
                Delivered = _read.Int64(1),
                Pending = _read.Int64(2),
                PendingBytes = _read.Int64(3),
                SetAside = _read.Int64(4),
                SetAsideBytes = _read.Int64(5),
                DroppedFull = _read.Int64(6),
                DroppedLarge = _read.Int64(7),
                DroppedUnstored = _read.Int64(8),
                DroppedOld = _read.Int64(9),
                DroppedRefused = _read.Int64(10),
            };
        }
        finally
        {
            _read.Reset();
        }
    }

    public void Write(in FileState state) => _write
        .With(state.Stored).With(state.Delivered).With(state.Pending).With(state.PendingBytes)
        .With(state.SetAside).With(state.SetAsideBytes)
        .With(state.DroppedFull).With(state.DroppedLarge).With(state.DroppedUnstored).With(state.DroppedOld).With(state.DroppedRefused)
        .Run();
}

using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// Deletes the bodies and blocks of confirmed batches, and those that a merged body took the place of, oldest first, in steps with
/// pauses between them. Used by the writer thread alone.
/// </summary>
/// <remarks>
/// <para>
/// A pause is three times as long as the step before it took, so that three quarters of the writer's time are left to commits: while
/// a backlog drains, there is something to free all the time, and a client that waits for its answer before it sends more would
/// wait for a step behind each commit. A pause ends at once where half of what a step may delete was stored, and there is none while
/// appends are refused, since the disk is full: clients wait for the space then, and not for the writer.
/// </para>
/// <para>
/// A step deletes at least twice the rows or twice the bytes that were stored since the step before it, so that space comes back
/// faster than it is taken, however large the commits are: beyond the bounds of a step, what waits for it waits in proportion to
/// what those commits took themselves. After a fault that is not so: much is stored while it rests, and a small step may fit
/// where a large one does not.
/// </para>
/// </remarks>
/// <param name="transaction">What the steps change.</param>
/// <param name="rowsPerStep"><see cref="SqliteJournalOptions.FreedRowsPerStep"/>.</param>
/// <param name="bytesPerStep"><see cref="SqliteJournalOptions.FreedBytesPerStep"/>.</param>
internal sealed class SpaceFreeing(JournalTransaction transaction, int rowsPerStep, long bytesPerStep) : IChore
{
    /// <summary>How long it rests after a fault that may pass, such as a full disk.</summary>
    private static readonly TimeSpan RestAfterFault = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two steps, whatever held up the first.</summary>
    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(100);

    /// <summary>How long a pause is, for each unit of the step before.</summary>
    private const int PausePerStep = 3;

    private readonly JournalTables _tables = transaction.Tables;

    /// <summary>Positions of rows that met damage: those behind them go on without them. They are tried again at the next start.</summary>
    private readonly HashSet<long> _damaged = [];

    /// <summary>There may be rows. An earlier process may have left some.</summary>
    private bool _isUnfinished = true;

    /// <summary>Timestamp of the last fault that may pass; null where a step passed since.</summary>
    private long? _failedAt;

    /// <summary>Position of the row that the step is at, which damage would be of; 0 where it is at none.</summary>
    private long _at;

    /// <summary>Timestamp of the last step's begin.</summary>
    private long _stepBegan;

    /// <summary>Timestamp of the last step's end, and how long it rests from there.</summary>
    private long _pauseBegan;

    private TimeSpan _pause;

    private int _rowsStored;
    private long _bytesStored;

    /// <summary>What the step may still delete.</summary>
    private int _rowsLeft;

    private long _bytesLeft;

    /// <summary>What the step deleted.</summary>
    private int _rowsFreed;

    private long _bytesFreed;

    public TimeSpan? NextIn
    {
        get
        {
            if (!_isUnfinished)
                return null;
            if (_failedAt is { } failedAt)
                return Left(RestAfterFault, failedAt);
            var endsEarly = transaction.AppendRefusal is not null || 2 * _rowsStored >= rowsPerStep || 2 * _bytesStored >= bytesPerStep;
            return endsEarly ? TimeSpan.Zero : Left(_pause, _pauseBegan);
        }
    }

    public bool IsDue(bool idle) => NextIn == TimeSpan.Zero;

    /// <summary>A batch is to be freed.</summary>
    public void Add() => _isUnfinished = true;

    /// <summary>A body was stored. Counts from when a batch is to be freed.</summary>
    public void Stored(int bytes)
    {
        if (!_isUnfinished)
            return;

        _rowsStored++;
        _bytesStored += bytes;
    }

    public bool Step()
    {
        _stepBegan = TimeProvider.System.GetTimestamp();
        (_rowsLeft, _bytesLeft) = _failedAt is null
            ? (rowsPerStep + (2 * _rowsStored), bytesPerStep + (2 * _bytesStored))
            : (rowsPerStep, bytesPerStep);
        (_rowsFreed, _bytesFreed) = (0, 0);
        while (_rowsLeft > 0 && _bytesLeft > 0 && Next() is { } freed)
        {
            var left = Free(freed);
            if (left.Rows > 0)
            {
                _tables.Freed.Write(left);
                break;
            }

            _tables.Freed.Delete(left.Position);
        }

        _at = 0;
        if (_rowsFreed > 0)
            transaction.FreedBodies(_bytesFreed);
        return _rowsFreed > 0;
    }

    public void Done()
    {
        _isUnfinished = _rowsFreed > 0;
        (_rowsStored, _bytesStored, _failedAt) = (0, 0, null);
        _pauseBegan = TimeProvider.System.GetTimestamp();
        var pause = PausePerStep * TimeProvider.System.GetElapsedTime(_stepBegan, _pauseBegan);
        _pause = pause < PauseMax ? pause : PauseMax;
    }

    public void Failed(Exception fault, long nextPosition)
    {
        if (_at != 0 && fault is JournalCorruptException or SqliteFault { IsDamage: true })
            _damaged.Add(_at);
        else
            _failedAt = TimeProvider.System.GetTimestamp();
        (_rowsStored, _bytesStored, _at) = (0, 0, 0);
    }

    /// <summary>What is left of a time.</summary>
    private static TimeSpan Left(TimeSpan time, long since)
    {
        var left = time - TimeProvider.System.GetElapsedTime(since);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The oldest row behind the one that the step was at last that met no damage; null where there is none.</summary>
    private FreedBatch? Next()
    {
        var before = _at;
        _at = 0; // Damage that is met on the way to a row is not that row's.
        var position = _tables.Freed.PositionAfter(before);
        while (position is { } damaged && _damaged.Contains(damaged))
            position = _tables.Freed.PositionAfter(damaged);
        if (position is null)
            return null;

        _at = position.Value;
        return _tables.Freed.Read(_at);
    }

    /// <summary>Deletes as much of a batch as the step may.</summary>
    /// <returns>What is left.</returns>
    /// <exception cref="JournalCorruptException">Something is not as it was sealed; nothing of this step is to be committed.</exception>
    private FreedBatch Free(FreedBatch freed)
    {
        var oldest = freed.FromSeq;
        while (freed.Rows > 0 && _rowsLeft > 0)
        {
            var (seq, bytes, next) = freed.IsMerged ? Piece(freed) : Block(freed);
            if (bytes > _bytesLeft && _rowsFreed > 0)
                break;

            _tables.Bodies.Delete(freed.Next);
            if (!freed.IsMerged)
                _tables.Blocks.Delete(freed.Next);
            oldest = seq;
            _rowsLeft--;
            _rowsFreed++;
            _bytesLeft -= bytes;
            _bytesFreed += bytes;
            freed = freed with { Next = next, Rows = freed.Rows - 1, BodyBytes = freed.BodyBytes - bytes };
        }

        if (freed.Rows == 0 && (freed.BodyBytes != 0 || oldest != freed.FromSeq))
            throw freed.Damaged(_tables.Database, oldest, freed.BodyBytes);
        return freed;
    }

    private (long Seq, int Bytes, long Next) Piece(FreedBatch freed) =>
        (freed.FromSeq, _tables.Bodies.LengthOf(freed.Next), freed.Next + 1);

    private (long Seq, int Bytes, long Next) Block(FreedBatch freed)
    {
        var stored = _tables.Blocks.Chain(freed.Partition, freed.Stream, freed.Next, 1, $"{freed}, freed")[0];
        return (stored.Block.Seq, stored.Block.BodyBytes, stored.Previous);
    }
}

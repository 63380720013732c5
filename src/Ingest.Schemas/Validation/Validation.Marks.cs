using System.Buffers;

namespace Ingest.Schemas;

/// <content>
/// Which members or items of the current value some keyword has looked at: what <c>unevaluatedProperties</c> and
/// <c>unevaluatedItems</c> ask for. Kept only inside schemas that use those. Each value under such a schema has a run of
/// marks, one byte a child, on a stack of its own.
/// </content>
internal ref partial struct Validation
{
    private const int NoMarks = -1;

    /// <summary>Whether marks are wanted, so that alternatives must be tried even after one has passed.</summary>
    public readonly bool Marking => _marks != NoMarks;

    /// <summary>Marks a child of the current value as looked at.</summary>
    public readonly void Mark(int child)
    {
        if (Marking)
            _markStack![_marks + child] = 1;
    }

    /// <summary>Marks the children before <paramref name="end"/>.</summary>
    public readonly void MarkBefore(int end)
    {
        if (Marking)
            _markStack.AsSpan(_marks, end).Fill(1);
    }

    /// <summary>Whether a child has been looked at; asked only while marking.</summary>
    public readonly bool IsMarked(int child) => _markStack![_marks + child] != 0;

    private bool EvaluateMarked(SchemaNode node, UnevaluatedKeyword unevaluated, int row)
    {
        var count = Instance.Rows[row].Count;
        if (!Spend(row, count / BytesPerStep))
            return false;
        var (outer, outerCount) = (_marks, _markCount);
        _markCount = count;
        _marks = Push(_markCount);
        _markStack.AsSpan(_marks, _markCount).Clear();
        var valid = CheckKeywords(node, row);
        if (valid || Collecting)
            valid &= unevaluated.Check(ref this, row);

        // What this schema has looked at, the schema around it has looked at too.
        if (outer != NoMarks)
        {
            for (var i = 0; i < _markCount; i++)
                _markStack![outer + i] |= _markStack[_marks + i];
        }

        _markTop = _marks;
        (_marks, _markCount) = (outer, outerCount);
        return valid;
    }

    /// <summary>Copies the marks of the current value; returns where to, or <see cref="NoMarks"/>.</summary>
    private int SaveMarks(int row)
    {
        if (!Marking)
            return NoMarks;
        Spend(row, _markCount / BytesPerStep);
        var saved = Push(_markCount);
        _markStack.AsSpan(_marks, _markCount).CopyTo(_markStack.AsSpan(saved));
        return saved;
    }

    private void RestoreMarks(int saved, bool keep)
    {
        if (saved == NoMarks)
            return;
        if (!keep)
            _markStack.AsSpan(saved, _markCount).CopyTo(_markStack.AsSpan(_marks));
        _markTop = saved;
    }

    private int Push(int count)
    {
        var at = _markTop;
        _markTop += count;
        if (_markStack is null)
        {
            _markStack = ArrayPool<byte>.Shared.Rent(_markTop);
        }
        else if (_markTop > _markStack.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_markTop, _markStack.Length * 2));
            _markStack.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_markStack);
            _markStack = larger;
        }

        return at;
    }

    private readonly void ReturnMarks()
    {
        if (_markStack is not null)
            ArrayPool<byte>.Shared.Return(_markStack);
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;

namespace Ingest.Schemas;

/// <summary>A growing list of rows in a pooled array.</summary>
internal ref struct JsonRowBuffer(int capacity)
{
    private JsonRow[] _rows = ArrayPool<JsonRow>.Shared.Rent(capacity);

    public int Count { get; private set; }

    public readonly ref JsonRow this[int row] => ref _rows[row];

    public readonly ReadOnlySpan<JsonRow> Rows => _rows.AsSpan(0, Count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref JsonRow Add()
    {
        if (Count == _rows.Length)
            Grow();
        return ref _rows[Count++];
    }

    public void Clear() => Count = 0;

    public void Dispose()
    {
        ArrayPool<JsonRow>.Shared.Return(_rows);
        _rows = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<JsonRow>.Shared.Rent(_rows.Length * 2);
        _rows.CopyTo(larger, 0);
        ArrayPool<JsonRow>.Shared.Return(_rows);
        _rows = larger;
    }
}

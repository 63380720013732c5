using System.Buffers;

namespace Ingest.Collector;

/// <summary>A list of structs in pooled memory, for what one request needs for a moment.</summary>
public sealed class PooledList<T> : IDisposable where T : struct
{
    private T[] _items = ArrayPool<T>.Shared.Rent(8);

    public int Count { get; private set; }

    public Span<T> Items => _items.AsSpan(0, Count);

    public void Add(in T item)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = item;
    }

    /// <summary>Removes all items. They may hold lists of errors, which a pooled array must not keep alive.</summary>
    public void Clear()
    {
        Items.Clear();
        Count = 0;
    }

    public void Dispose()
    {
        Return();
        _items = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(8, _items.Length * 2));
        Items.CopyTo(larger);
        Return();
        _items = larger;
    }

    private void Return()
    {
        if (_items.Length == 0)
            return;
        Items.Clear();
        ArrayPool<T>.Shared.Return(_items);
    }
}

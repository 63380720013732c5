using System.Buffers;

namespace Ingest.Engine;

/// <summary>
/// What one request brought for one partition: its bytes and where the events are in them. The bytes are pooled; the
/// owner disposes the batch once the receipt is complete, and nothing keeps a reference past that.
/// </summary>
/// <remarks>
/// <see cref="Bytes"/> starts with the request's body as received. Adapters append what they derive (an assigned id, a
/// decoded context) with <see cref="Append(ReadOnlySpan{byte})"/>, so that a <see cref="Slice"/> is all an event needs.
/// </remarks>
public sealed class EventBatch : IDisposable
{
    private byte[] _bytes;
    private int _length;
    private EventEntry[] _events;
    private int _count;
    private SchemaCheck[] _checks = [];
    private int _checkCount;

    /// <param name="capacity">Expected number of bytes; the buffer grows where that was too few.</param>
    public EventBatch(int capacity = 4096)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(Math.Max(capacity, 256));
        _events = ArrayPool<EventEntry>.Shared.Rent(4);
    }

    /// <summary>The request's body, then what adapters appended.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>The same as <see cref="Bytes"/>, where a reader needs memory; valid until the next append.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>The events, in the order they arrived.</summary>
    public ReadOnlySpan<EventEntry> Events => _events.AsSpan(0, _count);

    /// <summary>The documents to validate; each event owns a run of them.</summary>
    public ReadOnlySpan<SchemaCheck> Checks => _checks.AsSpan(0, _checkCount);

    /// <summary>Number of <see cref="Checks"/> so far: the next event's <see cref="EventEntry.FirstCheck"/>.</summary>
    public int CheckCount => _checkCount;

    /// <summary>The lake line's <c>collector</c> value, a JSON object rendered once per request; of events without one of their own.</summary>
    public Slice Collector { get; set; }

    public ReadOnlySpan<byte> this[Slice slice] => _bytes.AsSpan(slice.Offset, slice.Length);

    /// <summary>Appends bytes and says where they are now.</summary>
    public Slice Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        return Advance(bytes.Length);
    }

    /// <summary>Room for at least <paramref name="size"/> bytes at the end; write, then <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int size)
    {
        EnsureRoom(size);
        return _bytes.AsSpan(_length);
    }

    /// <summary>Takes over what was written into <see cref="GetSpan"/> and says where it is.</summary>
    public Slice Advance(int written)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(written, _bytes.Length - _length);
        var slice = new Slice(_length, written);
        _length += written;
        return slice;
    }

    public void Add(in EventEntry entry)
    {
        if (_count == _events.Length)
            Grow(ref _events, _count);
        _events[_count++] = entry;
    }

    /// <summary>Puts another entry in the place of one.</summary>
    public void Replace(int index, in EventEntry entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
        _events[index] = entry;
    }

    /// <summary>Takes down what was found in the documents of an event, in their place.</summary>
    /// <param name="index">Which event.</param>
    /// <param name="errors">All of its errors, those that it had before among them; null where it is valid.</param>
    public void Judged(int index, List<EventError>? errors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
        ref var entry = ref _events[index];
        (entry.FirstCheck, entry.CheckCount, entry.Errors) = (0, 0, errors);
    }

    public void Add(in SchemaCheck check)
    {
        if (_checkCount == _checks.Length)
            Grow(ref _checks, _checkCount);
        _checks[_checkCount++] = check;
    }

    /// <summary>
    /// The events by partition, where a source has several: one batch of its own for each partition that has any. This
    /// batch stays as it is; the caller disposes all of them.
    /// </summary>
    /// <param name="source">The source's name.</param>
    /// <param name="partitions">The source's number of partitions.</param>
    public IReadOnlyDictionary<PartitionId, EventBatch> Split(string source, int partitions)
    {
        var parts = new Dictionary<PartitionId, EventBatch>();
        foreach (ref readonly var entry in Events)
        {
            var id = PartitionId.Of(source, entry.IdHash, partitions);
            if (!parts.TryGetValue(id, out var part))
            {
                parts[id] = part = new EventBatch();
                part.Collector = part.Append(this[Collector]);
            }

            part.CopyIn(this, entry);
        }

        return parts;
    }

    public void Dispose()
    {
        if (_bytes.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_bytes);
        Return(_events, _count);
        Return(_checks, _checkCount);
        _bytes = [];
        _events = [];
        _checks = [];
        _length = _count = _checkCount = 0;
    }

    private void CopyIn(EventBatch from, EventEntry entry)
    {
        var firstCheck = _checkCount;
        foreach (ref readonly var check in from.Checks.Slice(entry.FirstCheck, entry.CheckCount))
            Add(check with { Schema = Append(from[check.Schema]), Instance = Append(from[check.Instance]) });
        entry.FirstCheck = firstCheck;
        entry.Id = Append(from[entry.Id]);
        entry.Name = Append(from[entry.Name]);
        entry.Schema = Append(from[entry.Schema]);
        entry.Collector = Append(from[entry.Collector]);
        entry.Payload = Append(from[entry.Payload]);
        Add(entry);
    }

    private static void Grow<T>(ref T[] array, int used)
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(4, array.Length * 2));
        array.AsSpan(0, used).CopyTo(larger);
        Return(array, used);
        array = larger;
    }

    /// <summary>Gives an array back. What was used is cleared: the pool must not keep alive what entries refer to.</summary>
    private static void Return<T>(T[] array, int used)
    {
        if (array.Length == 0)
            return;
        array.AsSpan(0, used).Clear();
        ArrayPool<T>.Shared.Return(array);
    }

    private void EnsureRoom(int size)
    {
        if (_bytes.Length - _length >= size)
            return;
        var doubled = (int)Math.Min(_bytes.Length * 2L, Array.MaxLength);
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + size), doubled));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

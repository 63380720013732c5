using System.Buffers.Binary;
using System.Numerics;

namespace Ingest.Engine;

/// <summary>
/// The ids that a partition remembers: first in, first out, bounded in number and age.
/// </summary>
/// <remarks>
/// Layout: a ring of 16-byte ids in order of acceptance, each with an absolute position that only grows, and an
/// open-addressing index from id to position (8 bytes a slot, at most half full): 32 bytes for each id. Ids come in
/// runs, one for each append; a run leaves the journal once all of its ids have left the window.
/// </remarks>
internal sealed class DedupeWindow
{
    private const int IdBytes = 16;

    // Slots of the smallest ring; lengths are powers of two.
    private const int RingMin = 16;

    private readonly ulong _seed;
    private readonly Queue<Run> _runs = new();
    private UInt128[] _ring = new UInt128[RingMin];

    // 0 is an empty slot. Else the upper half holds 32 hash bits, the lowest of them set; the lower half the position's low 32 bits.
    private ulong[] _index = new ulong[RingMin * 2];
    private long _head;
    private long _tail;

    /// <param name="seed">Makes the index's order unknown to who chooses ids, so that nobody can make it slow.</param>
    public DedupeWindow(ulong seed) => _seed = seed | 1;

    /// <summary>The position that the next new id will have.</summary>
    public long Tail => _tail;

    public int Count => (int)(_tail - _head);

    /// <summary>First seq of the oldest committed append that still has an id in the window; null when there is none.</summary>
    public long? OldestRun => _runs.TryPeek(out var run) ? run.FirstSeq : null;

    /// <summary>Adds an id.</summary>
    /// <param name="id">The id's hash.</param>
    /// <param name="position">Where it is: its new position, or that of the same id added before.</param>
    /// <returns>False where the id was there already.</returns>
    public bool TryAdd(UInt128 id, out long position)
    {
        var hash = HashOf(id);
        var mask = _index.Length - 1;
        var slot = (int)(hash >> 1) & mask;
        for (; _index[slot] != 0; slot = (slot + 1) & mask)
        {
            if ((uint)(_index[slot] >> 32) != hash)
                continue;
            position = _head + (uint)((uint)_index[slot] - (uint)_head);
            if (_ring[position & (_ring.Length - 1)] == id)
                return false;
        }

        if (Count == _ring.Length)
        {
            Resize(_ring.Length * 2);
            return TryAdd(id, out position);
        }

        position = _tail++;
        _ring[position & (_ring.Length - 1)] = id;
        _index[slot] = ((ulong)hash << 32) | (uint)position;
        return true;
    }

    /// <summary>The ids from <paramref name="from"/> to the newest, 16 bytes each, big-endian.</summary>
    public byte[] CopyFrom(long from)
    {
        var bytes = new byte[(int)(_tail - from) * IdBytes];
        for (var position = from; position < _tail; position++)
        {
            BinaryPrimitives.WriteUInt128BigEndian(
                bytes.AsSpan((int)(position - from) * IdBytes), _ring[position & (_ring.Length - 1)]);
        }

        return bytes;
    }

    /// <summary>Names the append to which the ids up to <paramref name="end"/> belong that are in no run yet: they are committed.</summary>
    public void EndRun(long firstSeq, Instant clock, long end) => _runs.Enqueue(new Run(firstSeq, clock, end));

    /// <summary>
    /// Takes a run back in that the journal remembered. Journals keep whole runs, so an id may come twice: forgotten here,
    /// while its run stood in the journal on account of others, and then accepted anew. It counts from the last time, and
    /// its earlier position stays behind without an entry in the index.
    /// </summary>
    public void Restore(IdRun run)
    {
        for (var at = 0; at < run.Ids.Length; at += IdBytes)
        {
            var id = BinaryPrimitives.ReadUInt128BigEndian(run.Ids.Span[at..]);
            if (TryAdd(id, out var earlier))
                continue;
            Remove(earlier);
            TryAdd(id, out _);
        }

        EndRun(run.FirstSeq, run.Clock, _tail);
    }

    /// <summary>Forgets the oldest committed ids beyond <paramref name="idsMax"/>, and every run older than <paramref name="since"/>.</summary>
    public void Trim(int idsMax, Instant since)
    {
        while (_runs.TryPeek(out var run))
        {
            var excess = Count - idsMax;
            if (run.Clock < since)
                EvictTo(run.End);
            else if (excess > 0)
                EvictTo(Math.Min(run.End, _head + excess));
            if (_head < run.End)
                break;
            _runs.Dequeue();
        }

        // Far below half, so that a window which breathes is not moved again and again.
        if (_ring.Length > RingMin && Count < _ring.Length / 4)
            Resize(Math.Max(RingMin, (int)BitOperations.RoundUpToPowerOf2((uint)Count * 2)));
    }

    private void EvictTo(long end)
    {
        for (; _head < end; _head++)
            Remove(_head);
    }

    /// <summary>
    /// Empties the slot of a position, where it has one, and closes the gap, so that no search stops too early.
    /// </summary>
    private void Remove(long position)
    {
        var hash = HashOf(_ring[position & (_ring.Length - 1)]);
        var mask = _index.Length - 1;
        var hole = (int)(hash >> 1) & mask;
        var wanted = ((ulong)hash << 32) | (uint)position;
        for (; _index[hole] != wanted; hole = (hole + 1) & mask)
        {
            if (_index[hole] == 0)
                return;
        }

        for (var next = (hole + 1) & mask; _index[next] != 0; next = (next + 1) & mask)
        {
            var home = (int)(_index[next] >> 33) & mask;

            // An entry may move back into the hole unless its home lies after the hole.
            if (((next - home) & mask) < ((next - hole) & mask))
                continue;
            _index[hole] = _index[next];
            hole = next;
        }

        _index[hole] = 0;
    }

    private void Resize(int length)
    {
        var ring = new UInt128[length];
        for (var position = _head; position < _tail; position++)
            ring[position & (ring.Length - 1)] = _ring[position & (_ring.Length - 1)];

        // An entry holds all that its new slot depends on, so ids need not be hashed again.
        var index = new ulong[ring.Length * 2];
        var mask = index.Length - 1;
        foreach (var entry in _index.AsSpan())
        {
            if (entry == 0)
                continue;
            var slot = (int)(entry >> 33) & mask;
            while (index[slot] != 0)
                slot = (slot + 1) & mask;
            index[slot] = entry;
        }

        (_ring, _index) = (ring, index);
    }

    private uint HashOf(UInt128 id)
    {
        var high = Math.BigMul((ulong)(id >> 64) ^ _seed, (ulong)id ^ 0x9E37_79B9_7F4A_7C15, out var low);
        return (uint)((high ^ low) >> 32) | 1;
    }

    private readonly record struct Run(long FirstSeq, Instant Clock, long End);
}

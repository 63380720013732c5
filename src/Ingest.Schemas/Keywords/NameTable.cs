using System.Buffers.Binary;
using System.Numerics;

namespace Ingest.Schemas;

/// <summary>
/// A fixed set of names with their numbers. A look-up hashes up to 24 bytes of the name (head, middle, tail and length),
/// and compares it in full with at most the few names of the same hash. The table is at most half full.
/// </summary>
internal sealed class NameTable
{
    private readonly byte[] _names;
    private readonly int[] _starts;
    private readonly Entry[] _entries;
    private readonly int _mask;

    /// <summary>Builds the table. A name that stands twice has its first number.</summary>
    public NameTable(IReadOnlyList<byte[]> names)
    {
        Count = names.Count;
        _names = [.. names.SelectMany(name => name)];
        _entries = new Entry[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, names.Count * 2))];
        _mask = _entries.Length - 1;
        _starts = new int[names.Count + 1];
        var start = 0;
        for (var i = 0; i < names.Count; i++)
        {
            var name = names[i];
            _starts[i + 1] = start + name.Length;
            if (Find(name) < 0)
                Insert(new Entry(start, name.Length, Hash(name), i + 1));
            start += name.Length;
        }
    }

    /// <summary>Number of names the table was built from.</summary>
    public int Count { get; }

    /// <summary>The name's number, from 0 in the order given, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var hash = Hash(name);
        for (var slot = (int)hash & _mask; ; slot = (slot + 1) & _mask)
        {
            ref readonly var entry = ref _entries[slot];
            if (entry.Ordinal == 0)
                return -1;
            if (entry.Hash == hash && name.SequenceEqual(_names.AsSpan(entry.Start, entry.Length)))
                return entry.Ordinal - 1;
        }
    }

    /// <summary>Whether a number is that of a name; cheaper than <see cref="Find"/>. False for numbers that no name has.</summary>
    public bool Is(int number, ReadOnlySpan<byte> name) =>
        (uint)number < (uint)Count && name.SequenceEqual(_names.AsSpan(_starts[number].._starts[number + 1]));

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // Odd constants with well spread bits; the top half of a product depends on every bit of its factors.
        const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F;
        ulong hash;
        if (name.Length >= 8)
        {
            hash = BinaryPrimitives.ReadUInt64LittleEndian(name) * First;
            hash = (hash ^ (hash >> 32) ^ BinaryPrimitives.ReadUInt64LittleEndian(name[^8..])) * Second;
            if (name.Length > 16)
                hash = (hash ^ (hash >> 32) ^ BinaryPrimitives.ReadUInt64LittleEndian(name[((name.Length / 2) - 4)..])) * First;
        }
        else if (name.Length >= 4)
        {
            hash = BinaryPrimitives.ReadUInt32LittleEndian(name)
                | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) << 32);
            hash *= First;
        }
        else
        {
            hash = name.Length == 0 ? 0 : name[0] | ((ulong)name[name.Length / 2] << 8) | ((ulong)name[^1] << 16);
            hash *= First;
        }

        hash = (hash ^ (hash >> 32) ^ (ulong)name.Length) * Second;
        return (uint)(hash >> 32);
    }

    private void Insert(Entry entry)
    {
        var slot = (int)entry.Hash & _mask;
        while (_entries[slot].Ordinal != 0)
            slot = (slot + 1) & _mask;
        _entries[slot] = entry;
    }

    /// <param name="Start">Where the name begins.</param>
    /// <param name="Length">Its bytes.</param>
    /// <param name="Hash">Its hash.</param>
    /// <param name="Ordinal">Its number plus one; 0 in a free slot.</param>
    private readonly record struct Entry(int Start, int Length, uint Hash, int Ordinal);
}

namespace Ingest.Fuzz;

/// <summary>All chance of a round: the same seed, the same inputs, on every machine and runtime. SplitMix64.</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A seed for something that is known by a name and a number.</summary>
    public static ulong SeedOf(int seed, string name, long number)
    {
        var mixed = new Chance((ulong)(uint)seed);
        foreach (var letter in name)
            mixed._state = mixed.Next64() ^ letter;
        mixed._state = mixed.Next64() ^ (ulong)number;
        return mixed.Next64();
    }

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    public int Next(int count) => (int)(((Next64() >> 32) * (ulong)count) >> 32);

    /// <summary>A number from 0 to <paramref name="most"/>, small ones more likely: each power of two as likely as the next.</summary>
    public int Skewed(int most) => Next(Math.Min(most, (1 << Next(32 - int.LeadingZeroCount(most))) * 2 - 1) + 1);

    /// <summary>True once in <paramref name="count"/> times.</summary>
    public bool OneIn(int count) => Next(count) == 0;

    public byte Byte() => (byte)(Next64() >> 56);

    public T Of<T>(params ReadOnlySpan<T> items) => items[Next(items.Length)];

    public T OfList<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    private ulong Next64()
    {
        var mixed = _state += 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}

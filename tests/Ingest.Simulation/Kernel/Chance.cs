namespace Ingest.Simulation;

/// <summary>All chance of a history: the same seed, the same decisions.</summary>
internal sealed class Chance(int seed)
{
    public Random Random { get; } = new(seed);

    /// <summary>A number from 0 to <paramref name="count"/> − 1.</summary>
    public int Next(int count) => Random.Next(count);

    /// <summary>True once in <paramref name="count"/> times.</summary>
    public bool OneIn(int count) => Random.Next(count) == 0;

    /// <summary>True with this probability, 0 to 1.</summary>
    public bool Happens(double probability) => probability > 0 && Random.NextDouble() < probability;

    public T Of<T>(params ReadOnlySpan<T> items) => items[Random.Next(items.Length)];

    public T OfList<T>(IReadOnlyList<T> items) => items[Random.Next(items.Count)];

    /// <summary>A span evenly between two, in ticks.</summary>
    public TimeSpan Between(TimeSpan from, TimeSpan to) => new(Random.NextInt64(from.Ticks, to.Ticks + 1));

    /// <summary>A span between two, short ones more likely: each order of magnitude as likely as the next.</summary>
    public TimeSpan Skewed(TimeSpan from, TimeSpan to) =>
        from * Math.Pow(to / from, Random.NextDouble());

    /// <summary>A seed for randomness of its own.</summary>
    public int Seed() => Random.Next();
}

namespace Ingest.Engine.Tests;

/// <summary>
/// The decisions of one random history, as data: what a test does next is read from here, so that a history can be
/// printed, replayed and shrunk.
/// </summary>
internal sealed class Choices(int[] values)
{
    private int _position;

    /// <summary>True while there are decisions left.</summary>
    public bool More => _position < values.Length;

    /// <summary>A number from 0 to <paramref name="count"/> − 1; 0 once all decisions are used up.</summary>
    public int Next(int count) => More ? values[_position++] % count : 0;

    /// <summary>True once in <paramref name="count"/> times.</summary>
    public bool OneIn(int count) => Next(count) == count - 1;

    public T Of<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Randomness for the code under test, which is part of the history too.</summary>
    public Random Random() => new(Next(int.MaxValue));
}

using System.Text;

namespace Ingest.Bench;

/// <summary>
/// Events made once, from a seed, with values that differ as much as real ones do: a block of them compresses about five to one.
/// Each has <see cref="IdPlace"/> where its id goes.
/// </summary>
public sealed class EventPool
{
    /// <summary>Stands for an id: as long as one, and a UUID.</summary>
    public const string IdPlace = "00000000-0000-4000-8000-000000000000";

    /// <summary>Many more than fit into the window of gzip (32 KiB), which would find the second use of one.</summary>
    private const int Variants = 2048;

    private static readonly DateTime Start = new(2026, 11, 21, 20, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    private readonly byte[][] _events;

    /// <param name="make">Makes one event as JSON, of a time: events come about in the order in which they happened.</param>
    /// <param name="seed">The same seed gives the same events.</param>
    public EventPool(Func<Random, DateTime, string> make, int seed = 1)
    {
        var random = new Random(seed);
        _events = [.. Enumerable.Range(0, Variants).Select(number => Encoding.UTF8.GetBytes(make(random, Start + (Period * (number + (50 * random.NextDouble()))))))];
    }

    /// <summary>An event. Two that are close to each other by number are different.</summary>
    public ReadOnlySpan<byte> this[int number] => _events[number % Variants];

    /// <summary>Writes events, with commas between them.</summary>
    /// <param name="body">Where to.</param>
    /// <param name="first">Number of the first one.</param>
    /// <param name="count">How many.</param>
    public void Write(List<byte> body, int first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
                body.Add((byte)',');
            body.AddRange(this[first + i]);
        }
    }

    public static string Pick(Random random, IReadOnlyList<string> values) => values[random.Next(values.Count)];

    /// <summary>A UUID from a seeded source.</summary>
    public static Guid Uuid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

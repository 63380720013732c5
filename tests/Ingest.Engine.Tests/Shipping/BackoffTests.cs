using FsCheck.Fluent;

namespace Ingest.Engine.Tests;

public sealed class BackoffTests
{
    private static readonly TimeSpan Min = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, 200)]
    [InlineData(2, 400)]
    [InlineData(3, 800)]
    [InlineData(8, 25_600)]
    [InlineData(9, 30_000)]
    [InlineData(63, 30_000)]
    [InlineData(64, 30_000)]
    [InlineData(65, 30_000)]
    [InlineData(int.MaxValue, 30_000)]
    public void Doubles_up_to_the_cap(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Backoff.Ceiling(failures, Min, Max));

    [Fact]
    public void Doubles_without_overflow_at_the_largest_cap()
    {
        Assert.Equal(1L << 62, Backoff.Ceiling(63, new TimeSpan(1), TimeSpan.MaxValue).Ticks);
        Assert.Equal(1L << 62, Backoff.Ceiling(int.MaxValue, new TimeSpan(1), TimeSpan.MaxValue).Ticks);
        Assert.Equal(TimeSpan.MaxValue, Backoff.Ceiling(int.MaxValue, new TimeSpan(2), TimeSpan.MaxValue));
    }

    [Fact]
    public void Ceiling_never_falls_and_stays_in_bounds() =>
        Property.Holds(
            1_000,
            Gen.Choose(1, int.MaxValue).Two().Zip(Gen.Choose(1, int.MaxValue).Two()).ToArbitrary(),
            input =>
            {
                var ((a, b), (c, d)) = input;
                var (min, max) = (TimeSpan.FromMilliseconds(Math.Min(c, d)), TimeSpan.FromMilliseconds(Math.Max(c, d)));
                // Small numbers of failures are where the doubling is; the generator alone would hardly hit them.
                foreach (var failures in (int[])[Math.Min(a, b), a % 64 + 1])
                {
                    var ceiling = Backoff.Ceiling(failures, min, max);
                    Assert.InRange(ceiling, min, max);
                    Assert.InRange(Backoff.Ceiling(Math.Max(failures, b), min, max), ceiling, max);
                }
            });

    [Fact]
    public void Jitter_covers_its_range_and_stays_in_it()
    {
        var random = new Random(1);
        var ceiling = TimeSpan.FromMilliseconds(5);
        var full = Enumerable.Range(0, 1_000).Select(_ => Backoff.FullJitter(ceiling, random).TotalMilliseconds);
        var half = Enumerable.Range(0, 1_000).Select(_ => Backoff.HalfJitter(ceiling, random).TotalMilliseconds);
        Assert.Equal([0.0, 1.0, 2.0, 3.0, 4.0, 5.0], full.Distinct().Order());
        Assert.Equal([3.0, 4.0, 5.0], half.Distinct().Order());
    }

    [Fact]
    public void Jitter_takes_any_ceiling()
    {
        var random = new Random(1);
        foreach (var ceiling in (TimeSpan[])[TimeSpan.Zero, new(1), TimeSpan.FromMilliseconds(1), TimeSpan.MaxValue])
        {
            Assert.InRange(Backoff.FullJitter(ceiling, random), TimeSpan.Zero, ceiling);
            Assert.InRange(Backoff.HalfJitter(ceiling, random), TimeSpan.Zero, ceiling);
        }
    }

    [Fact]
    public void Nonsense_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Ceiling(0, Min, Max));
        Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Ceiling(1, TimeSpan.Zero, Max));
        Assert.Throws<ArgumentOutOfRangeException>(() => Backoff.Ceiling(1, Max, Min));
    }
}

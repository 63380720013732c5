using System.Globalization;
using System.Text;
using FsCheck.Fluent;

namespace Ingest.Engine.Tests;

/// <summary>The text of an instant is that of the BCL, for every millisecond of years 1 to 9999.</summary>
public sealed class InstantTests
{
    private const long Min = -62_135_596_800_000;
    private const long Max = 253_402_300_799_999;

    [Fact]
    public void Its_text_is_that_of_the_calendar() => Property.Holds(
        20_000,
        Gen.Choose(int.MinValue, int.MaxValue).Two().Select(pair => Min + (long)((((ulong)(uint)pair.Item1 << 32) | (uint)pair.Item2) % (Max - Min + 1))).ToArbitrary(),
        milliseconds => Assert.Equal(Expected(milliseconds), Text(milliseconds)));

    [Theory]
    [InlineData(Min)]
    [InlineData(Max)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(951_782_399_999)] // The last of 2000-02-28.
    [InlineData(951_868_800_000)] // The first of 2000-03-01, a day after the leap day.
    [InlineData(4_107_542_400_000)] // The first of 2100-03-01, without a leap day.
    public void Its_text_at_the_edges_of_the_calendar(long milliseconds) => Assert.Equal(Expected(milliseconds), Text(milliseconds));

    [Theory]
    [InlineData(long.MinValue, "0001-01-01T00:00:00.000Z")]
    [InlineData(long.MaxValue, "9999-12-31T23:59:59.999Z")]
    public void What_no_calendar_has_is_drawn_to_the_nearest(long milliseconds, string text) => Assert.Equal(text, Text(milliseconds));

    private static string Text(long milliseconds)
    {
        var bytes = new byte[Instant.TextLength];
        new Instant(milliseconds).Write(bytes);
        return Encoding.ASCII.GetString(bytes);
    }

    private static string Expected(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

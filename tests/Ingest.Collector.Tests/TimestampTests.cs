using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Ingest.Collector.Tests;

public sealed class TimestampTests
{
    [Theory]
    [InlineData("2026-11-21T20:15:03Z", "2026-11-21T20:15:03.000Z")]
    [InlineData("2026-11-21t20:15:03z", "2026-11-21T20:15:03.000Z")]
    [InlineData("2026-11-21 20:15:03Z", "2026-11-21T20:15:03.000Z")]
    [InlineData("2026-11-21T20:15:03.1Z", "2026-11-21T20:15:03.100Z")]
    [InlineData("2026-11-21T20:15:03.123456789Z", "2026-11-21T20:15:03.123Z")]
    [InlineData("2026-11-21T20:15:03+01:30", "2026-11-21T18:45:03.000Z")]
    [InlineData("2026-11-21T20:15:03.5-08:00", "2026-11-22T04:15:03.500Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z")]
    [InlineData("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    public void Rfc3339_is_read(string text, string expected)
    {
        Assert.True(Timestamps.TryParseRfc3339(Encoding.UTF8.GetBytes(text), out var milliseconds));
        Assert.Equal(expected, new Ingest.Engine.Instant(milliseconds).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-11-21")]
    [InlineData("2026-11-21T20:15Z")]
    [InlineData("2026-11-21T20:15:03")]
    [InlineData("2026-11-21T20:15:03.Z")]
    [InlineData("2026-11-21T20:15:03.5")]
    [InlineData("2026-11-21T20:15:03Zx")]
    [InlineData("2026-11-21T20:15:03+0100")]
    [InlineData("2026-11-21T20:15:03+24:00")]
    [InlineData("2026-13-21T20:15:03Z")]
    [InlineData("2026-00-21T20:15:03Z")]
    [InlineData("2026-02-29T20:15:03Z")]
    [InlineData("2026-11-00T20:15:03Z")]
    [InlineData("2026-11-21T24:00:00Z")]
    [InlineData("2026-11-21T20:60:00Z")]
    [InlineData("2026-11-21T20:15:61Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("+026-11-21T20:15:03Z")]
    public void What_is_not_rfc3339_is_refused(string text)
    {
        Assert.False(Timestamps.TryParseRfc3339(Encoding.UTF8.GetBytes(text), out _));
    }

    [Theory]
    [InlineData("1795292104", 1795292104000)]
    [InlineData("1795292104.5", 1795292104500)]
    [InlineData("1795292104123", 1795292104123)]
    [InlineData("1795292104123.9", 1795292104123)]
    [InlineData("1.795292104e9", 1795292104000)]
    [InlineData("0", 0)]
    [InlineData("-1.5", -1500)]
    [InlineData("99999999999", 99999999999000)]
    [InlineData("100000000000", 100000000000)]
    public void A_number_is_seconds_or_milliseconds_by_its_size(string number, long expected)
    {
        Assert.True(Timestamps.TryParseNumber(Encoding.UTF8.GetBytes(number), out var milliseconds));
        Assert.Equal(expected, milliseconds);
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("253402300800000")]
    [InlineData("-99999999999")]
    [InlineData("123456789012345678901234567890123456789")]
    public void A_number_outside_the_years_1_to_9999_is_refused(string number)
    {
        Assert.False(Timestamps.TryParseNumber(Encoding.UTF8.GetBytes(number), out _));
    }

    [Theory]
    [InlineData("1795292104123", true)]
    [InlineData("0", true)]
    [InlineData("", false)]
    [InlineData("1795292104123.5", false)]
    [InlineData(" 1", false)]
    [InlineData("99999999999999999999", false)]
    [InlineData("253402300800000", false)]
    public void Tracker_timestamps_are_whole_milliseconds(string text, bool isValid)
    {
        Assert.Equal(isValid, Timestamps.TryParseMilliseconds(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Rfc3339_agrees_with_the_framework()
    {
        var times =
            from days in Gen.Choose(2, DateOnly.MaxValue.DayNumber - 2)
            from milliseconds in Gen.Choose(0, 86_399_999)
            from minutes in Gen.Choose(-14 * 60, 14 * 60)
            select new DateTimeOffset(DateTime.MinValue.AddDays(days).AddMilliseconds(milliseconds), TimeSpan.Zero)
                .ToOffset(TimeSpan.FromMinutes(minutes));
        Prop.ForAll(times.ToArbitrary(), time =>
        {
            var text = time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffffzzz", CultureInfo.InvariantCulture);
            return Timestamps.TryParseRfc3339(Encoding.UTF8.GetBytes(text), out var milliseconds)
                && milliseconds == time.ToUnixTimeMilliseconds();
        }).QuickCheckThrowOnFailure();
    }
}

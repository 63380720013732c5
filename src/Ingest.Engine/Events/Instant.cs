using System.Globalization;
using System.Text.Json.Serialization;

namespace Ingest.Engine;

/// <summary>A point in time: whole milliseconds since 1970-01-01T00:00:00Z, as every timestamp of the lake has it.</summary>
/// <param name="UnixMilliseconds">Milliseconds since the Unix epoch, UTC; within years 1 to 9999.</param>
[JsonConverter(typeof(InstantJsonConverter))]
public readonly record struct Instant(long UnixMilliseconds) : IComparable<Instant>
{
    /// <summary>Bytes of the text form, such as <c>2026-11-21T20:15:03.123Z</c>.</summary>
    public const int TextLength = 24;

    private const long MillisecondsPerHour = 3_600_000;

    /// <summary>The UTC hour that holds this instant.</summary>
    public LakeHour Hour => new((int)Math.DivRem(UnixMilliseconds, MillisecondsPerHour, out var rest) - (rest < 0 ? 1 : 0));

    public static Instant From(DateTimeOffset time) => new(time.ToUnixTimeMilliseconds());

    public static Instant Max(Instant a, Instant b) => a.UnixMilliseconds >= b.UnixMilliseconds ? a : b;

    public static Instant Min(Instant a, Instant b) => a.UnixMilliseconds <= b.UnixMilliseconds ? a : b;

    public static Instant operator +(Instant instant, TimeSpan span) =>
        new(instant.UnixMilliseconds + (long)span.TotalMilliseconds);

    public static Instant operator -(Instant instant, TimeSpan span) =>
        new(instant.UnixMilliseconds - (long)span.TotalMilliseconds);

    public static TimeSpan operator -(Instant a, Instant b) =>
        TimeSpan.FromMilliseconds(a.UnixMilliseconds - b.UnixMilliseconds);

    public static bool operator <(Instant a, Instant b) => a.UnixMilliseconds < b.UnixMilliseconds;

    public static bool operator >(Instant a, Instant b) => a.UnixMilliseconds > b.UnixMilliseconds;

    public static bool operator <=(Instant a, Instant b) => a.UnixMilliseconds <= b.UnixMilliseconds;

    public static bool operator >=(Instant a, Instant b) => a.UnixMilliseconds >= b.UnixMilliseconds;

    public int CompareTo(Instant other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds);

    /// <summary>Writes the <see cref="TextLength"/> bytes of the text form. Instants outside years 1 to 9999 are drawn to the nearest.</summary>
    public void Write(Span<byte> destination)
    {
        const long min = -62_135_596_800_000, max = 253_402_300_799_999;
        const int millisecondsPerDay = 86_400_000;
        var sinceYearOne = (ulong)(Math.Clamp(UnixMilliseconds, min, max) - min);
        var days = (int)(sinceYearOne / millisecondsPerDay);
        var rest = (uint)(sinceYearOne - ((ulong)days * millisecondsPerDay));
        var (year, month, day) = DateOnly.FromDayNumber(days);
        var (minutes, milliseconds) = Math.DivRem(rest, 60_000u);
        var (hour, minute) = Math.DivRem(minutes, 60u);
        var (second, fraction) = Math.DivRem(milliseconds, 1_000u);

        // One check of the length, at the end of what is written, spares all the others.
        destination[23] = (byte)'Z';
        var (century, ofCentury) = Math.DivRem((uint)year, 100u);
        TwoDigits(destination, 0, century);
        TwoDigits(destination, 2, ofCentury);
        destination[4] = (byte)'-';
        TwoDigits(destination, 5, (uint)month);
        destination[7] = (byte)'-';
        TwoDigits(destination, 8, (uint)day);
        destination[10] = (byte)'T';
        TwoDigits(destination, 11, hour);
        destination[13] = (byte)':';
        TwoDigits(destination, 14, minute);
        destination[16] = (byte)':';
        TwoDigits(destination, 17, second);
        destination[19] = (byte)'.';
        TwoDigits(destination, 20, fraction / 10);
        destination[22] = (byte)('0' + (fraction % 10));

        static void TwoDigits(Span<byte> destination, int at, uint value)
        {
            var tens = value * 103 >> 10; // The quotient by 10, for all below 100.
            destination[at] = (byte)('0' + tens);
            destination[at + 1] = (byte)('0' + value - (tens * 10));
        }
    }

    public override string ToString() =>
        ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

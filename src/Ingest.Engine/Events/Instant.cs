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
        var time = DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(UnixMilliseconds, min, max)).UtcDateTime;
        var (year, month, day) = DateOnly.FromDateTime(time);
        Digits(destination, 0, 4, year);
        destination[4] = (byte)'-';
        Digits(destination, 5, 2, month);
        destination[7] = (byte)'-';
        Digits(destination, 8, 2, day);
        destination[10] = (byte)'T';
        Digits(destination, 11, 2, time.Hour);
        destination[13] = (byte)':';
        Digits(destination, 14, 2, time.Minute);
        destination[16] = (byte)':';
        Digits(destination, 17, 2, time.Second);
        destination[19] = (byte)'.';
        Digits(destination, 20, 3, time.Millisecond);
        destination[23] = (byte)'Z';

        static void Digits(Span<byte> destination, int at, int count, int value)
        {
            for (var i = at + count - 1; i >= at; i--)
            {
                destination[i] = (byte)('0' + (value % 10));
                value /= 10;
            }
        }
    }

    public override string ToString() =>
        ToDateTimeOffset().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

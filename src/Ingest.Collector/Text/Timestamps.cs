using System.Buffers.Text;

namespace Ingest.Collector;

/// <summary>Reads the timestamps of clients as Unix milliseconds. All results lie within the years 1 to 9999.</summary>
public static class Timestamps
{
    private const long Min = -62_135_596_800_000;
    private const long Max = 253_402_300_799_999;

    /// <summary>Below this a number means seconds: as seconds it is the year 5138, as milliseconds March 1973.</summary>
    private const decimal SecondsBelow = 100_000_000_000;

    /// <summary>Reads whole milliseconds in decimal digits, as Snowplow's <c>dtm</c>, <c>stm</c> and <c>ttm</c> have them.</summary>
    public static bool TryParseMilliseconds(ReadOnlySpan<byte> text, out long milliseconds) =>
        Utf8Parser.TryParse(text, out milliseconds, out var used) && used == text.Length && IsInRange(milliseconds);

    /// <summary>Reads a JSON number: Unix seconds or milliseconds, by its size; fractions of a millisecond are cut.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> number, out long milliseconds)
    {
        milliseconds = 0;
        if (!Utf8Parser.TryParse(number, out decimal value, out var used) || used != number.Length)
            return false;
        if (Math.Abs(value) < SecondsBelow)
            value *= 1000;
        if (value is < Min or > Max)
            return false;
        milliseconds = (long)decimal.Floor(value);
        return true;
    }

    /// <summary>
    /// Reads RFC 3339: <c>2026-11-21T20:15:03.123+01:00</c>, any number of fraction digits, <c>T</c> and <c>Z</c> in
    /// either case, a blank for the <c>T</c>. A leap second is read as the first of the next minute.
    /// </summary>
    public static bool TryParseRfc3339(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < "2026-11-21T20:15:03Z".Length
            || !TryFourDigits(text, out var year) || text[4] != '-'
            || !TryTwoDigits(text[5..], out var month) || text[7] != '-'
            || !TryTwoDigits(text[8..], out var day) || text[10] is not ((byte)'T' or (byte)'t' or (byte)' ')
            || !TryTwoDigits(text[11..], out var hour) || text[13] != ':'
            || !TryTwoDigits(text[14..], out var minute) || text[16] != ':'
            || !TryTwoDigits(text[17..], out var second))
            return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 60)
            return false;
        var rest = text[19..];
        if (!TryFraction(ref rest, out var fraction) || !TryOffset(rest, out var offsetMinutes))
            return false;
        var days = new DateOnly(year, month, day).DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        var seconds = (((days * 24L) + hour) * 60 + minute - offsetMinutes) * 60 + second;
        milliseconds = seconds * 1000 + fraction;
        return IsInRange(milliseconds);
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> rest, out int milliseconds)
    {
        milliseconds = 0;
        if (rest[0] != '.')
            return true;
        var end = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        if (end <= 0)
            return false;
        var digits = rest.Slice(1, end);
        for (var i = 0; i < 3; i++)
            milliseconds = milliseconds * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        rest = rest[(1 + end)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<byte> rest, out int minutes)
    {
        minutes = 0;
        if (rest.Length == 1)
            return rest[0] is (byte)'Z' or (byte)'z';
        if (rest.Length != 6 || rest[0] is not ((byte)'+' or (byte)'-') || rest[3] != ':'
            || !TryTwoDigits(rest[1..], out var hours) || !TryTwoDigits(rest[4..], out minutes)
            || hours > 23 || minutes > 59)
            return false;
        minutes = (hours * 60 + minutes) * (rest[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryFourDigits(ReadOnlySpan<byte> digits, out int value)
    {
        var isNumber = TryTwoDigits(digits, out var high) & TryTwoDigits(digits[2..], out var low);
        value = high * 100 + low;
        return isNumber;
    }

    private static bool TryTwoDigits(ReadOnlySpan<byte> digits, out int value)
    {
        var (tens, ones) = ((uint)digits[0] - '0', (uint)digits[1] - '0');
        value = (int)(tens * 10 + ones);
        return tens <= 9 && ones <= 9;
    }

    private static bool IsInRange(long milliseconds) => milliseconds is >= Min and <= Max;
}

namespace Ingest.Schemas;

/// <summary>Dates and times of RFC 3339.</summary>
internal static class DateTimeFormat
{
    private const int MinutesOfDay = 24 * 60;

    public static bool IsDate(ReadOnlySpan<byte> utf8)
    {
        var cursor = new TextCursor(utf8);
        return TakeDate(ref cursor) && cursor.IsAtEnd;
    }

    public static bool IsTime(ReadOnlySpan<byte> utf8)
    {
        var cursor = new TextCursor(utf8);
        return TakeTime(ref cursor) && cursor.IsAtEnd;
    }

    public static bool IsDateTime(ReadOnlySpan<byte> utf8)
    {
        var cursor = new TextCursor(utf8);
        return TakeDate(ref cursor) && cursor.TryTakeLetter('t') && TakeTime(ref cursor) && cursor.IsAtEnd;
    }

    private static bool TakeDate(ref TextCursor cursor) =>
        cursor.TryTakeDigits(4, out var year)
        && cursor.TryTake('-')
        && cursor.TryTakeDigits(2, out var month)
        && cursor.TryTake('-')
        && cursor.TryTakeDigits(2, out var day)
        && month is >= 1 and <= 12
        && day >= 1
        && day <= DaysInMonth(year, month);

    // The framework's own begins with year 1; RFC 3339 has a year 0, which is a leap year.
    private static int DaysInMonth(int year, int month) => DateTime.DaysInMonth(year == 0 ? 4 : year, month);

    private static bool TakeTime(ref TextCursor cursor)
    {
        if (!cursor.TryTakeDigits(2, out var hour)
            || !cursor.TryTake(':')
            || !cursor.TryTakeDigits(2, out var minute)
            || !cursor.TryTake(':')
            || !cursor.TryTakeDigits(2, out var second)
            || (cursor.TryTake('.') && !cursor.TryTakeAllDigits())
            || !TakeOffset(ref cursor, out var offset)
            || hour > 23
            || minute > 59)
        {
            return false;
        }

        // A leap second is the last of a day in UTC.
        var minuteUtc = ((hour * 60) + minute - offset + MinutesOfDay) % MinutesOfDay;
        return second <= 59 || (second == 60 && minuteUtc == MinutesOfDay - 1);
    }

    private static bool TakeOffset(ref TextCursor cursor, out int minutes)
    {
        minutes = 0;
        if (cursor.TryTakeLetter('z'))
            return true;
        var isPositive = cursor.TryTake('+');
        if ((!isPositive && !cursor.TryTake('-'))
            || !cursor.TryTakeDigits(2, out var hour)
            || !cursor.TryTake(':')
            || !cursor.TryTakeDigits(2, out var minute))
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (isPositive ? 1 : -1);
        return hour <= 23 && minute <= 59;
    }
}

using System.Globalization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>The hours that an audit looks at.</summary>
/// <param name="From">The first one.</param>
/// <param name="To">The last one.</param>
public readonly record struct AuditSpan(LakeHour From, LakeHour To)
{
    public bool Contains(LakeHour hour) => hour >= From && hour <= To;

    /// <summary>True where some of its hours are of the day of a folder such as <c>dt=2026-11-21</c>.</summary>
    public bool Touches(string dayFolder) =>
        TryReadFirstHour(dayFolder, out var first) && first <= To && new LakeHour(first.Number + 23) >= From;

    /// <summary>The hour of a day folder and an hour folder, such as <c>hr=20</c>.</summary>
    public static bool TryReadHour(string dayFolder, string hourFolder, out LakeHour hour)
    {
        hour = default;
        if (!TryReadFirstHour(dayFolder, out var first)
            || hourFolder is not ['h', 'r', '=', .. { Length: 2 } digits]
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 23)
        {
            return false;
        }

        hour = new LakeHour(first.Number + number);
        return true;
    }

    /// <summary>Reads the length of an option: <c>48h</c> or <c>7d</c>.</summary>
    public static bool TryParseLength(string text, out TimeSpan length)
    {
        length = default;
        if (text is not [.. var digits, 'h' or 'd']
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 1 or > 100_000)
        {
            return false;
        }

        length = text[^1] == 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
        return true;
    }

    private static bool TryReadFirstHour(string dayFolder, out LakeHour hour)
    {
        hour = default;
        if (dayFolder is not ['d', 't', '=', .. var date]
            || !DateTimeOffset.TryParseExact(
                date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        hour = Instant.From(time).Hour;
        return true;
    }
}

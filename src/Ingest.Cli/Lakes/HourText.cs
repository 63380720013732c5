using System.Globalization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Hours as options name them: a day such as <c>2026-11-21</c>, or an hour of it such as <c>2026-11-21T20Z</c>, in UTC.</summary>
internal static class HourText
{
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal;

    private static readonly string[] HourForms =
        ["yyyy-MM-dd'T'HH'Z'", "yyyy-MM-dd'T'HH", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <summary>Reads the first hour of a span.</summary>
    /// <param name="option">Its option, for the message.</param>
    /// <param name="text">What was written.</param>
    /// <param name="mistakes">Gets a sentence where it is neither day nor hour.</param>
    public static LakeHour? ParseFirst(string option, string text, ICollection<string> mistakes) => Parse(option, text, 0, mistakes);

    /// <summary>Reads the last hour of a span: of a day, its last one.</summary>
    /// <inheritdoc cref="ParseFirst"/>
    public static LakeHour? ParseLast(string option, string text, ICollection<string> mistakes) => Parse(option, text, 23, mistakes);

    /// <summary>Reads how far back a span goes, such as <c>48h</c> or <c>7d</c>: from 1 to 100,000 hours or days.</summary>
    /// <param name="option">Its option, for the message.</param>
    /// <param name="text">What was written.</param>
    /// <param name="mistakes">Gets a sentence where it is no such length.</param>
    public static TimeSpan? ParseLength(string option, string text, ICollection<string> mistakes)
    {
        if (text is [.. var digits, 'h' or 'd']
            && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 100_000)
        {
            return text[^1] == 'd' ? TimeSpan.FromDays(number) : TimeSpan.FromHours(number);
        }

        mistakes.Add($"{option} {text}: write a time, such as 48h or 7d.");
        return null;
    }

    private static LakeHour? Parse(string option, string text, int hourOfDay, ICollection<string> mistakes)
    {
        if (DateTimeOffset.TryParseExact(text, HourForms, CultureInfo.InvariantCulture, Utc, out var time))
            return Instant.From(time).Hour;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out time))
            return new LakeHour(Instant.From(time).Hour.Number + hourOfDay);
        mistakes.Add($"{option} {text}: write a day such as 2026-11-21, or an hour such as 2026-11-21T20Z, in UTC.");
        return null;
    }
}

using System.Globalization;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>A span of whole hours of the lake, both ends included.</summary>
/// <param name="From">The first hour; null for no beginning.</param>
/// <param name="To">The last hour; null for no end.</param>
internal readonly record struct HourSpan(LakeHour? From, LakeHour? To)
{
    private static readonly string[] HourForms = ["yyyy-MM-dd'T'HH", "yyyy-MM-dd'T'HH'Z'"];

    /// <summary>Reads the values of <c>--from</c> and <c>--to</c>: a day, or an hour of it.</summary>
    /// <param name="from">Null where it was not given.</param>
    /// <param name="to">Null where it was not given.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    public static HourSpan Parse(string? from, string? to, ICollection<string> mistakes)
    {
        var span = new HourSpan(
            from is null ? null : Parse("--from", from, lastOfDay: false, mistakes),
            to is null ? null : Parse("--to", to, lastOfDay: true, mistakes));
        if (span is { From: { } first, To: { } last } && last < first)
            mistakes.Add($"--to {to} is before --from {from}.");
        return span;
    }

    public bool Contains(LakeHour hour) => !(hour < From) && !(hour > To);

    private static LakeHour? Parse(string option, string text, bool lastOfDay, ICollection<string> mistakes)
    {
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal;
        if (DateTimeOffset.TryParseExact(text, HourForms, CultureInfo.InvariantCulture, utc, out var time))
            return Instant.From(time).Hour;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, utc, out time))
            return new LakeHour(Instant.From(time).Hour.Number + (lastOfDay ? 23 : 0));
        mistakes.Add($"{option} {text}: write a day such as 2026-11-21, or an hour such as 2026-11-21T20, in UTC.");
        return null;
    }
}

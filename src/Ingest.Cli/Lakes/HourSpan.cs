using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>A span of whole hours of the lake, both ends included.</summary>
/// <param name="From">The first hour.</param>
/// <param name="To">The last hour.</param>
public readonly record struct HourSpan(LakeHour From, LakeHour To)
{
    /// <summary>All hours that there can be.</summary>
    public static HourSpan All { get; } = new(new LakeHour(int.MinValue), new LakeHour(int.MaxValue));

    /// <summary>Reads the values of <c>--from</c> and <c>--to</c>: a day, or an hour of it.</summary>
    /// <param name="from">Null where it was not given.</param>
    /// <param name="to">Null where it was not given.</param>
    /// <param name="otherwise">Has the ends that were not given.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    public static HourSpan Parse(string? from, string? to, HourSpan otherwise, ICollection<string> mistakes)
    {
        var first = from is null ? otherwise.From : HourText.ParseFirst("--from", from, mistakes);
        var last = to is null ? otherwise.To : HourText.ParseLast("--to", to, mistakes);
        if (first > last)
            mistakes.Add($"The first hour, {first}, is after the last, {last}.");
        return new HourSpan(first ?? otherwise.From, last ?? otherwise.To);
    }

    public bool Contains(LakeHour hour) => hour >= From && hour <= To;

    /// <summary>True where some of its hours are of the day of a folder such as <c>dt=2026-11-21</c>.</summary>
    public bool Touches(string dayFolder) =>
        LakeLayout.TryReadDay(dayFolder, out var first) && first <= To && new LakeHour(first.Number + 23) >= From;
}

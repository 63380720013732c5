using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>A span of whole hours of the lake, both ends included.</summary>
/// <param name="From">The first hour; null for no beginning.</param>
/// <param name="To">The last hour; null for no end.</param>
internal readonly record struct HourSpan(LakeHour? From, LakeHour? To)
{
    /// <summary>Reads the values of <c>--from</c> and <c>--to</c>: a day, or an hour of it.</summary>
    /// <param name="from">Null where it was not given.</param>
    /// <param name="to">Null where it was not given.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    public static HourSpan Parse(string? from, string? to, ICollection<string> mistakes)
    {
        var span = new HourSpan(
            from is null ? null : HourText.ParseFirst("--from", from, mistakes),
            to is null ? null : HourText.ParseLast("--to", to, mistakes));
        if (span is { From: { } first, To: { } last } && last < first)
            mistakes.Add($"--to {to} is before --from {from}.");
        return span;
    }

    public bool Contains(LakeHour hour) => !(hour < From) && !(hour > To);
}

using System.Globalization;

namespace Ingest.Collector;

/// <summary>Sizes and times as people write them: <c>2MiB</c>, <c>500kB</c>, <c>30s</c>, <c>365d</c>.</summary>
public static class Quantities
{
    private static readonly (string Unit, long Bytes)[] Sizes =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("B", 1),
    ];

    private static readonly (string Unit, TimeSpan Time)[] Times =
    [
        ("ms", TimeSpan.FromMilliseconds(1)), ("s", TimeSpan.FromSeconds(1)), ("m", TimeSpan.FromMinutes(1)),
        ("h", TimeSpan.FromHours(1)), ("d", TimeSpan.FromDays(1)),
    ];

    /// <summary>Reads a size with its unit; bytes where there is none.</summary>
    public static long? Bytes(string text)
    {
        foreach (var (unit, bytes) in Sizes)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
                return Number(text[..^unit.Length]) is { } count and <= long.MaxValue >> 30 ? count * bytes : null;
        }
        return Number(text);
    }

    /// <summary>Reads a time with its unit.</summary>
    public static TimeSpan? Time(string text)
    {
        foreach (var (unit, time) in Times)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal) && Number(text[..^unit.Length]) is { } count and <= 1_000_000)
                return count * time;
        }
        return null;
    }

    /// <summary>Reads a time with its unit, of so much at most.</summary>
    public static TimeSpan? Time(string text, TimeSpan max) => Time(text) is { } time && time <= max ? time : null;

    private static long? Number(string text) =>
        long.TryParse(text.TrimEnd(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

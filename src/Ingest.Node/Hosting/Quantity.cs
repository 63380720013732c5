using System.Globalization;

namespace Ingest.Node;

/// <summary>Reads quantities with units, as people type them: <c>64MiB</c>, <c>500MB</c>, <c>60s</c>, <c>5m</c>, <c>1h</c>.</summary>
public static class Quantity
{
    private static readonly (string Unit, long Bytes)[] ByteUnits =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("B", 1), ("", 1),
    ];

    private static readonly (string Unit, double Seconds)[] TimeUnits =
    [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86_400),
    ];

    /// <summary>Reads a number of bytes; a number without a unit is bytes.</summary>
    public static bool TryParseBytes(string text, out long bytes)
    {
        foreach (var (unit, factor) in ByteUnits)
        {
            if (TryNumber(text, unit, out var number) && number * factor is >= 0 and < long.MaxValue)
            {
                bytes = (long)(number * factor);
                return true;
            }
        }

        bytes = 0;
        return false;
    }

    /// <summary>Reads a span of time; the unit is required.</summary>
    public static bool TryParseTime(string text, out TimeSpan time)
    {
        foreach (var (unit, factor) in TimeUnits)
        {
            if (TryNumber(text, unit, out var number) && number * factor is >= 0 and <= 366 * 86_400)
            {
                time = TimeSpan.FromSeconds(number * factor);
                return true;
            }
        }

        time = default;
        return false;
    }

    private static bool TryNumber(string text, string unit, out double number)
    {
        number = 0;
        return text.EndsWith(unit, StringComparison.OrdinalIgnoreCase)
            && double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }
}

using System.Globalization;

namespace Ingest.Engine;

/// <summary>One UTC hour, the unit in which the lake is laid out: no batch crosses it.</summary>
/// <param name="Number">Whole hours since 1970-01-01T00:00Z.</param>
public readonly record struct LakeHour(int Number) : IComparable<LakeHour>
{
    /// <summary>The first instant of the hour.</summary>
    public Instant Start => new(Number * 3_600_000L);

    /// <summary>The first instant after the hour.</summary>
    public Instant End => new((Number + 1) * 3_600_000L);

    /// <summary>The hour after it.</summary>
    public LakeHour Next => new(Number + 1);

    /// <summary>The date, such as <c>2026-11-21</c>: the <c>dt</c> of the lake's layout.</summary>
    public string Date => Start.ToDateTimeOffset().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The hour of the day with two digits, <c>00</c> to <c>23</c>: the <c>hr</c> of the lake's layout.</summary>
    public string HourOfDay => Start.ToDateTimeOffset().ToString("HH", CultureInfo.InvariantCulture);

    public static bool operator <(LakeHour a, LakeHour b) => a.Number < b.Number;

    public static bool operator >(LakeHour a, LakeHour b) => a.Number > b.Number;

    public static bool operator <=(LakeHour a, LakeHour b) => a.Number <= b.Number;

    public static bool operator >=(LakeHour a, LakeHour b) => a.Number >= b.Number;

    public int CompareTo(LakeHour other) => Number.CompareTo(other.Number);

    public override string ToString() => $"{Date}T{HourOfDay}Z";
}

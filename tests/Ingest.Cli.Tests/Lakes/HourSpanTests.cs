using Ingest.Engine;

namespace Ingest.Cli.Tests;

public sealed class HourSpanTests
{
    private static readonly LakeHour Midnight = Instant.From(new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero)).Hour;

    [Theory]
    [InlineData(null, null, int.MinValue, int.MaxValue)]
    [InlineData("2026-11-21", "2026-11-21", 0, 23)]
    [InlineData("2026-11-21T05", "2026-11-22", 5, 47)]
    [InlineData("2026-11-20", "2026-11-21T05Z", -24, 5)]
    [InlineData("2026-11-21T07Z", null, 7, int.MaxValue)]
    public void Both_ends_are_included(string? from, string? to, int first, int last)
    {
        var mistakes = new List<string>();
        var span = HourSpan.Parse(from, to, HourSpan.All, mistakes);
        Assert.Empty(mistakes);
        for (var hour = -100; hour <= 100; hour++)
            Assert.Equal(hour >= first && hour <= last, span.Contains(new LakeHour(Midnight.Number + hour)));
    }

    [Theory]
    [InlineData("yesterday", null, "--from yesterday: write a day")]
    [InlineData(null, "2026-11-21T24", "--to 2026-11-21T24: write a day")]
    [InlineData("2026-11-22", "2026-11-21", "The first hour, 2026-11-22T00Z, is after the last, 2026-11-21T23Z.")]
    public void What_is_no_span_is_said(string? from, string? to, string mistake)
    {
        var mistakes = new List<string>();
        HourSpan.Parse(from, to, HourSpan.All, mistakes);
        Assert.Contains(mistake, Assert.Single(mistakes), StringComparison.Ordinal);
    }
}

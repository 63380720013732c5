using Ingest.Engine;

namespace Ingest.Cli.Tests;

public sealed class SpanOptionsTests
{
    private static readonly Instant Now = AuditedLake.FirstHour.Start + TimeSpan.FromMinutes(30);

    [Theory]
    [InlineData("2026-11-20T05Z")]
    [InlineData("2026-11-20T05")]
    [InlineData("2026-11-20T05:00Z")]
    public void An_hour_is_read_as_reports_write_it(string text)
    {
        Assert.Equal("2026-11-20T05Z", Read(from: text)!.Value.From.ToString());
        Assert.Equal("2026-11-20T05Z", Read(to: text)!.Value.To.ToString());
    }

    [Fact]
    public void A_span_reaches_from_its_beginning_to_the_present()
    {
        Assert.Equal(new HourSpan(new LakeHour(AuditedLake.FirstHour.Number - 48), AuditedLake.FirstHour), Read(since: "2d"));
        Assert.Equal(new HourSpan(new LakeHour(AuditedLake.FirstHour.Number - 3), AuditedLake.FirstHour), Read(since: "3h"));
        Assert.Equal(new HourSpan(new LakeHour(AuditedLake.FirstHour.Number - (32 * 24) + 1), AuditedLake.FirstHour), Read());
        Assert.Equal("2026-01-01T00Z", Read(from: "2026-01-01T00Z")!.Value.From.ToString());
        Assert.Equal("2026-11-21T19Z", Read(to: "2026-11-21T19Z")!.Value.To.ToString());
        Assert.Equal("2026-11-20T00Z", Read(from: "2026-11-20")!.Value.From.ToString());
        Assert.Equal("2026-11-20T23Z", Read(to: "2026-11-20")!.Value.To.ToString());
    }

    [Theory]
    [InlineData("yesterday", null, null)]
    [InlineData(null, "tomorrow", null)]
    [InlineData(null, null, "7")]
    [InlineData(null, null, "0d")]
    [InlineData("2026-11-21T10Z", null, "3h")]
    [InlineData("2026-11-21T10Z", "2026-11-21T09Z", null)]
    public void Mistakes_are_named(string? from, string? to, string? since)
    {
        var mistakes = new List<string>();
        Assert.Null(SpanOptions.Read(from, to, since, Now, mistakes));
        Assert.Single(mistakes);
    }

    private static HourSpan? Read(string? from = null, string? to = null, string? since = null)
    {
        var mistakes = new List<string>();
        var span = SpanOptions.Read(from, to, since, Now, mistakes);
        Assert.Empty(mistakes);
        return span;
    }
}

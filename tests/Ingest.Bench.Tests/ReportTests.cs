using System.Text;
using System.Text.Json;

namespace Ingest.Bench.Tests;

public sealed class ReportTests
{
    private static readonly Measurement[] Figures =
    [
        new("W1-burst", "floor", "events_per_s", [41_000, 43_000, 42_000], "events/s"),
        new("W1-burst", "floor", "resident_bytes", [60_000_000], "bytes"),
        new("W1-burst", "node", "events_per_s", [30_000], "events/s"),
    ];

    [Fact]
    public void Rows_hold_every_figure()
    {
        using var stream = new MemoryStream();
        JsonRows.Write(stream, Figures);
        using var rows = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(3, rows.RootElement.GetArrayLength());
        Assert.Equal(
            """{"workload":"W1-burst","subject":"floor","metric":"events_per_s","median":42000,"min":41000,"max":43000,"unit":"events/s"}""",
            rows.RootElement[0].GetRawText());
        Assert.Equal(5, Encoding.UTF8.GetString(stream.ToArray()).Count(character => character == '\n'));
    }

    [Fact]
    public void Rows_of_nothing_are_an_empty_array()
    {
        using var stream = new MemoryStream();
        JsonRows.Write(stream, []);
        using var rows = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(0, rows.RootElement.GetArrayLength());
    }

    [Fact]
    public void A_table_has_a_column_for_each_subject()
    {
        var table = Assert.Single(FigureTable.Of(Figures));
        Assert.Equal(["metric", "floor", "node"], table.Header);
        Assert.Equal(["events_per_s (events/s)", "42,000 (41,000..43,000)", "30,000"], table.Rows[0]);
        Assert.Equal(["resident_bytes (MB)", "60", ""], table.Rows[1]);
    }

    [Fact]
    public void A_report_says_machine_and_command()
    {
        var text = MarkdownReport.Render("Benchmark", [("processor", "2 × a|b")], "./ingest bench --rounds 1", ["`floor`: a note"], Figures);
        Assert.StartsWith("# Benchmark\n\nWritten by `./ingest bench --rounds 1`.", text, StringComparison.Ordinal);
        Assert.Contains("| processor | 2 × a\\|b |\n", text, StringComparison.Ordinal);
        Assert.Contains("- `floor`: a note\n", text, StringComparison.Ordinal);
        Assert.Contains("## W1-burst\n\n| metric | floor | node |\n| --- | ---: | ---: |\n", text, StringComparison.Ordinal);
    }
}

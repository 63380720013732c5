using System.Globalization;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Shows what <see cref="JournalBenchmark"/> found: medians over the rounds.</summary>
internal static class JournalReport
{
    public const string Journal = "journal";
    public const string HalfLoad = "journal at half load";

    public const string AppendsPerSecond = "appends_per_s";
    public const string BytesPerSecond = "body_bytes_per_s";
    public const string CommitSize = "appends_per_commit";
    public const string JournalShare = "journal_share";

    public static void Print(IReadOnlyList<Measurement> figures)
    {
        foreach (var shape in figures.GroupBy(figure => figure.Workload, StringComparer.Ordinal))
        {
            var table = new Table().Title(shape.Key).AddColumns(
                "what", "appends/s (min..max)", "events/s", "MB/s of bodies", "appends a commit", "the journal reaches of it (min..max)", "p50 ms", "p99 ms");
            foreach (var subject in shape.GroupBy(figure => figure.Subject, StringComparer.Ordinal))
            {
                var by = subject.ToDictionary(figure => figure.Metric, StringComparer.Ordinal);
                var rate = by[AppendsPerSecond];
                table.AddRow(
                    subject.Key,
                    Text($"{rate.Median:N0} ({rate.Min:N0}..{rate.Max:N0})"),
                    Text($"{by[MetricNames.EventsPerSecond].Median:N0}"),
                    Text($"{by[BytesPerSecond].Median / 1e6:0.0}"),
                    by.TryGetValue(CommitSize, out var size) ? Text($"{size.Median:N0}") : "",
                    by.TryGetValue(JournalShare, out var share) ? Text($"{share.Median:0.00} ({share.Min:0.00}..{share.Max:0.00})") : "",
                    by.TryGetValue(MetricNames.P50, out var p50) ? Text($"{p50.Median:0.0}") : "",
                    by.TryGetValue(MetricNames.P99, out var p99) ? Text($"{p99.Median:0.0}") : "");
            }

            AnsiConsole.Write(table);
        }

        foreach (var floor in CopyFloor.All)
            AnsiConsole.MarkupLineInterpolated($"{floor.Name}: {floor.About}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

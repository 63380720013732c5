using System.Globalization;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Shows figures as a table: medians, and each subject's ratio to the first one of its workload.</summary>
internal static class ReportTable
{
    public static void Print(IReadOnlyList<Measurement> figures)
    {
        foreach (var workload in figures.GroupBy(figure => figure.Workload, StringComparer.Ordinal))
        {
            var table = new Table().Title(workload.Key).AddColumns("subject", "events/s (min..max)", "of the first", "p50 ms", "p99 ms", "CPU µs/event", "memory MB", "failures");
            var first = workload.First(figure => figure.Metric == Metrics.EventsPerSecond);
            foreach (var subject in workload.GroupBy(figure => figure.Subject, StringComparer.Ordinal))
            {
                var by = subject.ToDictionary(figure => figure.Metric, StringComparer.Ordinal);
                var rate = by[Metrics.EventsPerSecond];
                table.AddRow(
                    subject.Key,
                    Text($"{rate.Median:N0} ({rate.Min:N0}..{rate.Max:N0})"),
                    Text($"{rate.Median / first.Median:0.00}"),
                    Text($"{by[Metrics.P50].Median:0.0}"),
                    Text($"{by[Metrics.P99].Median:0.0}"),
                    Text($"{by[Metrics.Cpu].Median:0.0}"),
                    Text($"{by[Metrics.Resident].Median / 1e6:N0}"),
                    Text($"{by[Metrics.Failures].Values.Sum():N0}"));
            }

            AnsiConsole.Write(table);
        }
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Names of the figures.</summary>
internal static class Metrics
{
    public const string EventsPerSecond = "events_per_s";
    public const string P50 = "p50_ms";
    public const string P99 = "p99_ms";
    public const string Resident = "resident_bytes";
    public const string Cpu = "cpu_us_per_event";
    public const string Failures = "failures";
}

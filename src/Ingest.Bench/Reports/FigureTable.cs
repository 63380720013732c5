using System.Globalization;

namespace Ingest.Bench;

/// <summary>Figures of one workload as a table: a row a metric, a column a subject. Cells are medians, with least and most in brackets.</summary>
internal sealed class FigureTable
{
    private FigureTable(string title, IReadOnlyList<string> subjects, IReadOnlyList<IReadOnlyList<string>> rows) =>
        (Title, Header, Rows) = (title, ["metric", .. subjects], rows);

    public string Title { get; }

    public IReadOnlyList<string> Header { get; }

    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }

    /// <summary>A table for each workload.</summary>
    public static IEnumerable<FigureTable> Of(IReadOnlyList<Measurement> figures) =>
        figures.GroupBy(figure => figure.Workload, StringComparer.Ordinal).Select(workload => Of(workload.Key, [.. workload]));

    private static FigureTable Of(string workload, List<Measurement> figures)
    {
        List<string> subjects = [.. figures.Select(figure => figure.Subject).Distinct(StringComparer.Ordinal)];
        var rows =
            from figure in figures
            group figure by (figure.Metric, figure.Unit) into metric
            let bySubject = metric.ToDictionary(figure => figure.Subject, StringComparer.Ordinal)
            select (IReadOnlyList<string>)
            [
                $"{metric.Key.Metric} ({ShownUnit(metric.Key.Unit)})",
                .. subjects.Select(subject => bySubject.TryGetValue(subject, out var figure) ? Cell(figure) : ""),
            ];
        return new FigureTable(workload, subjects, [.. rows]);
    }

    /// <summary>People read megabytes; files have bytes.</summary>
    private static string ShownUnit(string unit) => unit switch
    {
        "bytes" => "MB",
        "bytes/s" => "MB/s",
        _ => unit,
    };

    private static string Cell(Measurement figure)
    {
        var scale = ShownUnit(figure.Unit) == figure.Unit ? 1 : 1e6;
        return figure.Values.Count == 1
            ? Number(figure.Median / scale)
            : $"{Number(figure.Median / scale)} ({Number(figure.Min / scale)}..{Number(figure.Max / scale)})";
    }

    private static string Number(double value) => value.ToString(
        Math.Abs(value) >= 100 || value == Math.Floor(value) ? "N0" : Math.Abs(value) >= 10 ? "N1" : "N2", CultureInfo.InvariantCulture);
}

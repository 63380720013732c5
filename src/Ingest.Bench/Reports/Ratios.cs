namespace Ingest.Bench;

/// <summary>
/// Ratios of rates, round by round: a round runs everything within minutes, so what slows the machine meets both sides, and the
/// spread of a ratio says more than that of the rates. There is none where a round of one side is missing.
/// </summary>
internal static class Ratios
{
    public const string Unit = "ratio";

    /// <summary>Each subject's rate to that of the first one under the same workload.</summary>
    public static IEnumerable<Measurement> ToFirst(IReadOnlyList<Measurement> figures, string rate)
    {
        foreach (var workload in figures.Where(figure => figure.Metric == rate).GroupBy(figure => figure.Workload, StringComparer.Ordinal))
        {
            var first = workload.First();
            foreach (var other in workload.Skip(1).Where(other => other.Values.Count == first.Values.Count))
                yield return Of(other, first, "of_" + first.Subject);
        }
    }

    /// <summary>Each subject's rate under one workload to its own under another.</summary>
    /// <param name="figures">Where both are; none is returned where one is missing.</param>
    /// <param name="rate">Which figure.</param>
    /// <param name="workload">The one.</param>
    /// <param name="other">The other.</param>
    public static IEnumerable<Measurement> ToWorkload(IReadOnlyList<Measurement> figures, string rate, string workload, string other) =>
        from figure in figures
        where figure.Metric == rate && figure.Workload == workload
        from reference in figures
        where reference.Metric == rate && reference.Workload == other && reference.Subject == figure.Subject
        where reference.Values.Count == figure.Values.Count
        select Of(figure, reference, "of_" + other);

    private static Measurement Of(Measurement figure, Measurement reference, string name) => new(
        figure.Workload, figure.Subject, name, [.. figure.Values.Zip(reference.Values, (value, by) => by == 0 ? 0 : value / by)], Unit);
}

namespace Ingest.Bench;

/// <summary>One figure of a subject under a workload, over all rounds.</summary>
/// <param name="Workload">What it was measured with.</param>
/// <param name="Subject">Of what.</param>
/// <param name="Metric">Which figure.</param>
/// <param name="Values">Its value in each round; one at least.</param>
/// <param name="Unit">Its unit.</param>
public sealed record Measurement(string Workload, string Subject, string Metric, IReadOnlyList<double> Values, string Unit)
{
    public double Median
    {
        get
        {
            var sorted = Values.Order().ToList();
            var middle = sorted.Count / 2;
            return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public double Min => Values.Min();

    public double Max => Values.Max();
}

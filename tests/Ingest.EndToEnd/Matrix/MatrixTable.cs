using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>One fault of a run.</summary>
/// <param name="Fault">Its name, with which the ids of its events begin.</param>
/// <param name="Times">How often it struck: requests that met it, or processes that were killed.</param>
/// <param name="Pause">Longest time in which nothing was acknowledged.</param>
internal sealed record MatrixRow(string Fault, int Times, TimeSpan Pause);

/// <summary>What a run of the matrix shows: each fault, and what became of its events.</summary>
internal static class MatrixTable
{
    /// <summary>Prints it.</summary>
    /// <param name="rows">The faults, in order.</param>
    /// <param name="report">What the lake does not have as it was sent.</param>
    public static void Write(IEnumerable<MatrixRow> rows, ConservationReport report)
    {
        Progress.Write($"{"fault",-14} {"times",6} {"longest pause",14} {"lost",5} {"doubled",8}");
        foreach (var row in rows)
        {
            Progress.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Fault,-14} {row.Times,6} {row.Pause.TotalSeconds,12:F1} s {Of(row, report.Missing),5} {Of(row, report.Doubled),8}"));
        }
    }

    private static int Of(MatrixRow row, List<string> events) =>
        events.Count(text => text.StartsWith(row.Fault + "/", StringComparison.Ordinal));
}

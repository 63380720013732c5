using System.Globalization;

namespace Ingest.EndToEnd;

/// <summary>One fault of a run.</summary>
/// <param name="Fault">Its name, with which the ids of its events begin.</param>
/// <param name="Times">How often it struck: requests that met it; 1 where requests are not counted.</param>
/// <param name="Pause">Longest time in which nothing was acknowledged while it lasted.</param>
/// <param name="Start">From the server's start, before the fault, until events were acknowledged again.</param>
internal sealed record MatrixRow(string Fault, int Times, TimeSpan Pause, TimeSpan Start);

/// <summary>What a run of the matrix shows: each fault, and what became of its events.</summary>
internal static class MatrixTable
{
    /// <summary>Prints it.</summary>
    /// <param name="run">Names the run.</param>
    /// <param name="rows">The faults, in order.</param>
    /// <param name="report">What the lake does not have as it was sent.</param>
    public static void Write(string run, IEnumerable<MatrixRow> rows, ConservationReport report)
    {
        foreach (var row in rows)
        {
            Progress.Measured(string.Create(
                CultureInfo.InvariantCulture,
                $"{run}: {row.Fault}, then a kill: struck {row.Times}×; intake paused {row.Pause.TotalSeconds:0.0} s at most, and began {row.Start.TotalSeconds:0.0} s after a start; {Of(row, report.Missing)} lost, {Of(row, report.Doubled)} doubled"));
        }
    }

    private static int Of(MatrixRow row, List<string> events) =>
        events.Count(text => text.StartsWith(row.Fault + "/", StringComparison.Ordinal));
}

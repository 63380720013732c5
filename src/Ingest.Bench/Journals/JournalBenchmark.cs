using Ingest.Storage;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>
/// Measures appends through <see cref="PostgresJournal"/> against binary COPY of the same rows: every round runs all of them in
/// turn, each on a database of its own.
/// </summary>
/// <param name="server">Connection string of a user who may make databases and run a checkpoint.</param>
/// <param name="partitions">Partitions that append at once.</param>
/// <param name="commitsInFlight">As in <see cref="PostgresJournalOptions"/>; the floors use as many connections.</param>
internal sealed class JournalBenchmark(string server, int partitions, int commitsInFlight)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    /// <summary>Runs all rounds of all shapes.</summary>
    /// <param name="shapes">What is appended.</param>
    /// <param name="rounds">How often.</param>
    /// <param name="measure">How long the journal is measured in each; the floors store as much as it stored.</param>
    public async Task<IReadOnlyList<Measurement>> RunAsync(IReadOnlyList<AppendShape> shapes, int rounds, TimeSpan measure)
    {
        var figures = new FigureList();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var shape in shapes)
            {
                var (full, commits) = await AppendAsync(shape, measure, null);
                var rate = full.AppendsPerSecond;
                Add(figures, shape, JournalReport.Journal, rate);
                figures.Add(shape.Name, JournalReport.Journal, JournalReport.CommitSize, (double)full.AllAppends / commits, "appends");
                figures.Add(shape.Name, JournalReport.Journal, MetricNames.P50, full.P50, "ms");
                figures.Add(shape.Name, JournalReport.Journal, MetricNames.P99, full.P99, "ms");
                foreach (var floor in CopyFloor.All)
                {
                    await using var database = await JournalDatabase.CreateAsync(server);
                    var time = await floor.RunAsync(database.ConnectionString, shape, partitions, full.AllAppends, commits, commitsInFlight);
                    var copied = full.AllAppends / time.TotalSeconds;
                    Add(figures, shape, floor.Name, copied);
                    figures.Add(shape.Name, floor.Name, JournalReport.CommitSize, (double)full.AllAppends / (floor.IsOneCommit ? 1 : commits), "appends");
                    figures.Add(shape.Name, floor.Name, JournalReport.JournalShare, rate / copied, "ratio");
                }

                var (half, _) = await AppendAsync(shape, measure, rate / 2);
                Add(figures, shape, JournalReport.HalfLoad, half.AppendsPerSecond);
                figures.Add(shape.Name, JournalReport.HalfLoad, MetricNames.P50, half.P50, "ms");
                figures.Add(shape.Name, JournalReport.HalfLoad, MetricNames.P99, half.P99, "ms");
                AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {rounds}, {shape.Name}: {rate:N0} appends/s, p99 {full.P99:0.0} ms; at half of it {half.P99:0.0} ms[/]");
            }
        }

        return figures.All;
    }

    private async Task<(AppendLoadResult Result, long Commits)> AppendAsync(AppendShape shape, TimeSpan measure, double? appendsPerSecond)
    {
        await using var database = await JournalDatabase.CreateAsync(server);
        await using var journal = await PostgresJournal.OpenAsync(new PostgresJournalOptions
        {
            ConnectionString = database.ConnectionString,
            CommitsInFlight = commitsInFlight,
            WriteTimeout = TimeSpan.FromSeconds(30),
        });
        var before = await database.CountCommitsAsync();
        var result = await new AppendLoad(journal, shape, partitions).RunAsync(WarmUp, measure, appendsPerSecond);
        return (result, await database.CountCommitsAsync() - before);
    }

    private static void Add(FigureList figures, AppendShape shape, string subject, double appendsPerSecond)
    {
        figures.Add(shape.Name, subject, JournalReport.AppendsPerSecond, appendsPerSecond, "appends/s");
        figures.Add(shape.Name, subject, MetricNames.EventsPerSecond, appendsPerSecond * shape.Events, "events/s");
        figures.Add(shape.Name, subject, JournalReport.BytesPerSecond, appendsPerSecond * shape.BodyBytes, "bytes/s");
    }
}

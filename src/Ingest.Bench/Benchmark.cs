using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Measures subjects against each other: every round runs all of them in turn, so that a slow minute of the machine meets all.</summary>
internal sealed class Benchmark(IReadOnlyList<ISubject> subjects, IReadOnlyList<Workload> workloads, IReadOnlyList<Mode> modes)
{
    /// <summary>Runs all rounds.</summary>
    /// <param name="folder">Where subjects store their data; what a trial leaves there is deleted.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="times">How long the parts of a trial take.</param>
    /// <exception cref="InvalidOperationException">A subject did not start, or did not take the events for what they are.</exception>
    public async Task<IReadOnlyList<Measurement>> RunAsync(string folder, int rounds, TrialTimes times)
    {
        var figures = new FigureList();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                foreach (var mode in modes)
                {
                    foreach (var subject in subjects)
                    {
                        var sample = await TryAsync(subject, workload, mode, Path.Combine(folder, $"{workload.Name}-{mode.Name}-{subject.Name}"), times);
                        AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {rounds}, {NameOf(workload, mode)}, {subject.Name}: {sample.Load.EventsPerSecond:N0} events/s, p99 {sample.Load.P99:0.0} ms[/]");
                        foreach (var metric in MetricCatalogue.All)
                        {
                            if (metric.Of(sample) is { } value)
                                figures.Add(NameOf(workload, mode), subject.Name, metric.Name, value, metric.Unit);
                        }
                    }
                }
            }
        }

        return [.. figures.All, .. RatiosOf(figures.All)];
    }

    private static string NameOf(Workload workload, Mode mode) => $"{workload.Name}-{mode.Name}";

    private static async Task<Sample> TryAsync(ISubject subject, Workload workload, Mode mode, string folder, TrialTimes times)
    {
        Directory.CreateDirectory(folder);
        try
        {
            await using var running = await subject.StartAsync(new SubjectSetup(folder, workload, mode));
            using var generator = new Generator(workload, running.Target);
            var sample = await workload.Trial.RunAsync(generator, running, times);
            var end = await running.ObserveAsync();
            return end.UnexpectedEvents == 0
                ? sample
                : throw new InvalidOperationException($"{subject.Name} took {end.UnexpectedEvents} events of {workload.Name} for invalid or for duplicates, which they are not: its figures would mean something else.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private IEnumerable<Measurement> RatiosOf(IReadOnlyList<Measurement> figures)
    {
        const string rate = MetricNames.EventsPerSecond;
        var toOthers =
            from workload in workloads
            where workload.ComparedWith is not null
            from mode in modes
            from ratio in Ratios.ToWorkload(figures, rate, NameOf(workload, mode), $"{workload.ComparedWith}-{mode.Name}")
            select ratio;
        return [.. Ratios.ToFirst(figures, rate), .. toOthers];
    }
}

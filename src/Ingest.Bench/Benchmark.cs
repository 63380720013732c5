using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Measures subjects against each other: every round runs all of them in turn, so that a slow minute of the machine meets all.</summary>
internal sealed class Benchmark(IReadOnlyList<ISubject> subjects, IReadOnlyList<Workload> workloads, IReadOnlyList<Mode> modes)
{
    private readonly FigureList _figures = new();

    /// <summary>Trials that failed, a sentence each: their figures are missing.</summary>
    public List<string> Problems { get; } = [];

    /// <summary>Runs all rounds.</summary>
    /// <param name="folder">Where subjects store their data; what a trial leaves there is deleted.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="times">How long the parts of a trial take.</param>
    public async Task<IReadOnlyList<Measurement>> RunAsync(string folder, int rounds, TrialTimes times)
    {
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                foreach (var mode in modes)
                {
                    foreach (var subject in subjects)
                    {
                        var place = Path.Combine(folder, $"{workload.Name}-{mode.Name}-{subject.Name}");
                        await AddAsync($"round {round} of {rounds}", subject, workload, mode, place, times);
                    }
                }
            }
        }

        return [.. _figures.All, .. RatiosOf(_figures.All)];
    }

    /// <summary>Adds the figures of one trial. One that fails is said, and does not cost those of all others.</summary>
    private async Task AddAsync(string round, ISubject subject, Workload workload, Mode mode, string folder, TrialTimes times)
    {
        var name = NameOf(workload, mode);
        try
        {
            var sample = await TryAsync(subject, workload, mode, folder, times);
            AnsiConsole.MarkupLineInterpolated($"[grey]{round}, {name}, {subject.Name}: {sample.Load.EventsPerSecond:N0} events/s, p99 {sample.Load.P99:0.0} ms[/]");
            foreach (var metric in MetricCatalogue.All)
            {
                if (metric.Of(sample) is { } value)
                    _figures.Add(name, subject.Name, metric.Name, value, metric.Unit);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or HttpRequestException or IOException)
        {
            var problem = $"{round}, {name}, {subject.Name} failed: {exception.Message}";
            AnsiConsole.MarkupLineInterpolated($"[red]{problem}[/]");
            Problems.Add(problem);
        }
    }

    private static string NameOf(Workload workload, Mode mode) => $"{workload.Name}-{mode.Name}";

    /// <exception cref="InvalidOperationException">The subject did not start, or did not take the events for what they are.</exception>
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

using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Measures subjects against each other: every round runs all of them in turn, so that a slow minute of the machine meets all.</summary>
internal sealed class Benchmark(IReadOnlyList<ISubject> subjects, IReadOnlyList<Workload> workloads, int rounds, TimeSpan warmUp, TimeSpan measure)
{
    public async Task<IReadOnlyList<Measurement>> RunAsync(string folder)
    {
        var samples = new Dictionary<(string Workload, string Subject), List<Sample>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                foreach (var subject in subjects)
                {
                    var place = Directory.CreateDirectory(Path.Combine(folder, $"{workload.Name}-{subject.Name}-{round}")).FullName;
                    await using var running = await subject.StartAsync(place);
                    var before = running.Use;
                    var load = await LoadGenerator.RunAsync(workload, running.Endpoint, running.Path, warmUp, measure);
                    AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {rounds}, {workload.Name}, {subject.Name}: {load.EventsPerSecond:N0} events/s, p99 {load.P99:0.0} ms[/]");
                    var key = (workload.Name, subject.Name);
                    if (!samples.TryGetValue(key, out var list))
                        samples[key] = list = [];
                    list.Add(new Sample(load, before, running.Use));
                }
            }
        }

        return
        [
            .. from workload in workloads
               from subject in subjects
               from figure in Figures(workload.Name, subject.Name, samples[(workload.Name, subject.Name)])
               select figure,
        ];
    }

    private static IEnumerable<Measurement> Figures(string workload, string subject, List<Sample> samples)
    {
        yield return Of(Metrics.EventsPerSecond, "events/s", sample => sample.Load.EventsPerSecond);
        yield return Of(Metrics.P50, "ms", sample => sample.Load.P50);
        yield return Of(Metrics.P99, "ms", sample => sample.Load.P99);
        yield return Of(Metrics.Resident, "bytes", sample => sample.After.ResidentBytes);
        yield return Of(Metrics.Cpu, "microseconds/event", sample => (sample.After.Cpu - sample.Before.Cpu).TotalMicroseconds / Math.Max(1, sample.Load.AllEvents));
        yield return Of(Metrics.Failures, "requests", sample => sample.Load.Failures);

        Measurement Of(string metric, string unit, Func<Sample, double> value) =>
            new(workload, subject, metric, [.. samples.Select(value)], unit);
    }

    private sealed record Sample(LoadResult Load, ProcessUse Before, ProcessUse After);
}

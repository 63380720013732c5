using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Measures subjects against each other: every round runs all of them in turn, so that a slow minute of the machine meets all.</summary>
internal sealed class Benchmark(IReadOnlyList<ISubject> subjects, IReadOnlyList<Workload> workloads, int rounds, TimeSpan warmUp, TimeSpan measure)
{
    public async Task<IReadOnlyList<Measurement>> RunAsync(string folder)
    {
        var samples = new Dictionary<(string Workload, string Subject), List<(LoadResult Load, long Resident)>>();
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                foreach (var subject in subjects)
                {
                    var place = Directory.CreateDirectory(Path.Combine(folder, $"{workload.Name}-{subject.Name}-{round}")).FullName;
                    await using var running = await subject.StartAsync(place);
                    var load = await LoadGenerator.RunAsync(workload, running.Endpoint, running.Path, warmUp, measure);
                    AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {rounds}, {workload.Name}, {subject.Name}: {load.EventsPerSecond:N0} events/s, p99 {load.P99:0.0} ms[/]");
                    var key = (workload.Name, subject.Name);
                    if (!samples.TryGetValue(key, out var list))
                        samples[key] = list = [];
                    list.Add((load, running.ResidentBytes));
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

    private static IEnumerable<Measurement> Figures(string workload, string subject, List<(LoadResult Load, long Resident)> samples)
    {
        yield return Of(Metrics.EventsPerSecond, "events/s", sample => sample.Load.EventsPerSecond);
        yield return Of(Metrics.P50, "ms", sample => sample.Load.P50);
        yield return Of(Metrics.P99, "ms", sample => sample.Load.P99);
        yield return Of(Metrics.Resident, "bytes", sample => sample.Resident);
        yield return Of(Metrics.Failures, "requests", sample => sample.Load.Failures);

        Measurement Of(string metric, string unit, Func<(LoadResult Load, long Resident), double> value) =>
            new(workload, subject, metric, [.. samples.Select(value)], unit);
    }
}

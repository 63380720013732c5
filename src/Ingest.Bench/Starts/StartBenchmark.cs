using Spectre.Console;

namespace Ingest.Bench;

/// <summary>How long a subject takes from the start of its process until it is ready: with nothing stored, and after it was killed under load.</summary>
internal sealed class StartBenchmark(IReadOnlyList<ISubject> subjects)
{
    private const string Workload = "start";
    private const string Unit = "ms";

    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(5);

    /// <summary>What the figures mean, for people.</summary>
    public static IReadOnlyList<string> About { get; } =
    [
        "`start_to_ready_ms`: with nothing stored",
        $"`restart_to_ready_ms`: after {LoadTime.TotalSeconds:0} s of W2, of which nothing was shipped, and SIGKILL",
    ];

    public async Task RunAsync(string folder, int rounds, FigureList figures)
    {
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var subject in subjects)
            {
                var place = Directory.CreateDirectory(Path.Combine(folder, $"{subject.Name}-{round}")).FullName;
                var setup = new SubjectSetup(place, new BatchedEvents(), Mode.Burst);
                var first = await StartAsync(subject, setup, LoadTime);
                var second = await StartAsync(subject, setup, TimeSpan.Zero);
                Directory.Delete(place, recursive: true);
                figures.Add(Workload, subject.Name, "start_to_ready_ms", first.TotalMilliseconds, Unit);
                figures.Add(Workload, subject.Name, "restart_to_ready_ms", second.TotalMilliseconds, Unit);
                AnsiConsole.MarkupLineInterpolated($"[grey]round {round} of {rounds}, {subject.Name}: {first.TotalMilliseconds:N0} ms, again {second.TotalMilliseconds:N0} ms[/]");
            }
        }
    }

    private static async Task<TimeSpan> StartAsync(ISubject subject, SubjectSetup setup, TimeSpan load)
    {
        await using var running = await subject.StartAsync(setup);
        using var generator = new Generator(setup.Workload, running.Target);
        await generator.FullAsync(load);
        return running.StartToReady;
    }
}

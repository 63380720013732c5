using System.Diagnostics;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>
/// An outage of the lake: its folder is moved away until the journal holds a backlog, then moved back. The backlog is drained
/// while intake goes on at half of the rate at which it was built up.
/// </summary>
/// <param name="subject">What is measured.</param>
/// <param name="events">Events of the backlog.</param>
internal sealed class DrainBenchmark(IngestSubject subject, long events)
{
    public const string Drained = "drained_events_per_s";
    public const string Intake = "intake_events_per_s";

    private static readonly Mode Mode = new(
        "drain", "objects are closed after 10 s or 64 MiB", ["--seal-age", "10s", "--seal-bytes", "64MiB"]);

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookPeriod = TimeSpan.FromMilliseconds(500);

    /// <summary>For building the backlog up, and for draining it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(2);

    /// <summary>What the figures mean, for people.</summary>
    public static IReadOnlyList<string> About { get; } =
    [
        "W2 is sent all the time. The lake's folder is moved away until the backlog is there, then moved back",
        $"`{Drained}`: events shipped from the last look at a lake with none of them until as many were shipped as the backlog had",
        $"`{Intake}`: events taken meanwhile, sent at half of the rate at which the backlog was built up",
        "`first_ship_s`: from the lake's return to the first object; the breaker probes every 15 to 30 s",
        "`resident_…`: before the outage, with the whole backlog, and the most that was seen while it drained",
    ];

    /// <summary>Runs it once.</summary>
    /// <exception cref="InvalidOperationException">The backlog could not be built up or drained in time.</exception>
    public async Task RunAsync(string folder, FigureList figures)
    {
        var setup = new SubjectSetup(folder, new BatchedEvents(), Mode);
        var lake = IngestSubject.LakeOf(setup);
        await using var running = await subject.StartAsync(setup);
        using var generator = new Generator(setup.Workload, running.Target);
        await generator.FullAsync(WarmUp);
        var calm = await running.ObserveAsync();

        Directory.Move(lake, lake + ".away");
        var filling = Stopwatch.StartNew();
        var fill = await generator.FillAsync(events, Patience);
        var fillRate = fill.AllEvents / filling.Elapsed.TotalSeconds;
        var full = await running.ObserveAsync();
        if (full.BacklogEvents is not { } backlog || backlog < events)
            throw new InvalidOperationException($"{events:N0} events were to be stored; {full.BacklogEvents:N0} are, and {fill.Failures:N0} requests failed.");
        AnsiConsole.MarkupLineInterpolated($"[grey]{subject.Name}: a backlog of {backlog:N0} events after {filling.Elapsed.TotalSeconds:0} s; now it drains[/]");

        Directory.Move(lake + ".away", lake);
        var drain = await DrainAsync(running, generator, fillRate / 2, full.ShippedEvents!.Value, backlog);

        Add("backlog_events", backlog, "events");
        Add("fill_events_per_s", fillRate, "events/s");
        Add(Drained, drain.EventsPerSecond, "events/s");
        Add(Intake, drain.IntakePerSecond, "events/s");
        Add("drained_of_intake", drain.EventsPerSecond / drain.IntakePerSecond, Ratios.Unit);
        Add("intake_p99_ms", drain.Intake.P99, "ms");
        Add("intake_failures", drain.Intake.Failures, "requests");
        Add("first_ship_s", drain.FirstShip.TotalSeconds, "s");
        Add("drain_s", drain.Whole.TotalSeconds, "s");
        Add("resident_before_bytes", calm.Use.ResidentBytes, "bytes");
        Add("resident_at_backlog_bytes", full.Use.ResidentBytes, "bytes");
        Add("resident_draining_max_bytes", drain.ResidentMax, "bytes");
        Add("journal_at_backlog_bytes", full.StoredBytes!.Value, "bytes");

        void Add(string metric, double value, string unit) => figures.Add($"drain of {events:N0}", subject.Name, metric, value, unit);
    }

    private static async Task<Drain> DrainAsync(
        IRunningSubject running, Generator generator, double eventsPerSecond, long shippedBefore, long backlog)
    {
        using var stop = new CancellationTokenSource();
        var clock = Stopwatch.StartNew();
        var intake = generator.SteadyAsync(eventsPerSecond, Patience, stop.Token);
        TimeSpan? firstShip = null;
        var nothingShipped = TimeSpan.Zero;
        long residentMax = 0;
        long shipped;
        while (true)
        {
            var asked = clock.Elapsed;
            var seen = await running.ObserveAsync();
            residentMax = Math.Max(residentMax, seen.Use.ResidentBytes);
            shipped = seen.ShippedEvents!.Value - shippedBefore;
            if (shipped > 0)
                firstShip ??= clock.Elapsed;
            else
                nothingShipped = asked;
            // The oldest go first, so those are the backlog.
            if (shipped >= backlog)
                break;
            if (clock.Elapsed > Patience || intake.IsCompleted)
                throw new InvalidOperationException($"Only {shipped:N0} of {backlog:N0} events were drained in {clock.Elapsed}.");
            await Task.Delay(LookPeriod);
        }

        var whole = clock.Elapsed;
        await stop.CancelAsync();
        var taken = await intake;
        return new Drain(taken, whole, firstShip!.Value, residentMax)
        {
            // From the last look that found nothing: a server that ships may answer the next one late.
            EventsPerSecond = shipped / (whole - nothingShipped).TotalSeconds,
            IntakePerSecond = taken.AllEvents / whole.TotalSeconds,
        };
    }

    private sealed record Drain(LoadResult Intake, TimeSpan Whole, TimeSpan FirstShip, long ResidentMax)
    {
        public required double EventsPerSecond { get; init; }

        public required double IntakePerSecond { get; init; }
    }
}

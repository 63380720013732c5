using System.CommandLine;
using System.Globalization;

namespace Ingest.Simulation;

/// <summary><c>ingest simulate</c>: runs histories until something breaks, or time is up.</summary>
internal static class SimulateCommand
{
    private const int SeedsByDefault = 1_000;

    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(5);

    public static RootCommand Create()
    {
        var seeds = new Option<int?>("--seeds") { Description = "How many histories to run; 1,000 where nothing is said." };
        var seed = new Option<int?>("--seed") { Description = "The first seed; any where it is left out. Alone it replays that one history, and prints what happened." };
        var minutes = new Option<double?>("--minutes") { Description = "Ends after this time. Without --seeds it runs as many as fit in." };
        var command = new RootCommand(
            "Runs whole histories of the system on a virtual clock, each from one seed: clients that retry, processes that die,\n"
            + "freeze and come back, journals and lakes that fail, spills, clocks that step; and of every seventh seed two regions\n"
            + "that relay. The rules of the design are checked after each step, and that everything ships once the faults have ended.\n"
            + "Exit code: 0 all rules held, 1 one was broken.")
        {
            seeds, seed, minutes,
        };
        command.SetAction(parsed =>
        {
            var (count, first, longest) = (parsed.GetValue(seeds), parsed.GetValue(seed), parsed.GetValue(minutes));
            if (first is { } replayed && count is null && longest is null)
                return Replay(replayed);
            return RunMany(
                first ?? Random.Shared.Next(),
                count ?? (longest is null ? SeedsByDefault : int.MaxValue),
                longest is { } some ? TimeSpan.FromMinutes(some) : TimeSpan.MaxValue);
        });
        return command;
    }

    private static int Replay(int seed)
    {
        var result = History.Run(seed, keepsLines: true);
        foreach (var line in result.Trace.Lines)
            Console.WriteLine(line);
        Console.WriteLine(Describe(result));
        return result.Violation is null ? 0 : 1;
    }

    private static int RunMany(int first, int count, TimeSpan longest)
    {
        var runner = new SeedRunner(first, count, longest);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seeds from {first} on"));
        using (new Timer(_ => Console.WriteLine(Describe(runner)), null, ReportPeriod, ReportPeriod))
            runner.Run(failure => Console.WriteLine(Describe(failure)));
        Console.WriteLine(Describe(runner));
        return runner.Failures.Count == 0 ? 0 : 1;
    }

    /// <summary>One line on a run, or on how far it has come.</summary>
    public static string Describe(SeedRunner runner) => string.Create(
        CultureInfo.InvariantCulture,
        $"{runner.Ended:N0} histories in {runner.Time.TotalSeconds:F0} s ({runner.Ended / Math.Max(runner.Time.TotalSeconds, 0.001):F1}/s), "
        + $"{runner.Accepted:N0} events, {runner.Spilled:N0} requests spilled, {runner.Bridged:N0} objects relayed, {runner.Simulated.TotalHours:F0} simulated hours, {runner.Failures.Count} failed");

    /// <summary>How a history ended, and how to see it again.</summary>
    public static string Describe(HistoryResult result) => result.Violation is { } violation
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {result.Seed} breaks the rule \"{violation.Rule}\" at step {violation.Step}, after {violation.Time.TotalSeconds:F3} s:\n"
            + $"  {violation.What}\n  To replay: ./ingest simulate --seed {result.Seed}")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"Seed {result.Seed}: all rules held in {result.Steps:N0} steps, {result.Time.TotalSeconds:F0} s, with {result.Accepted} events in {result.Objects} objects. Trace {result.Trace.Checksum:x16}");
}

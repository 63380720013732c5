using System.CommandLine;
using Ingest.Collector;

namespace Ingest.Cli;

/// <summary><c>ingest region drill</c>: all traffic to one region for a time, to see that it can be done.</summary>
internal static class DrillCommand
{
    /// <summary>Longest drill: beyond, it is no drill but a setting.</summary>
    private static readonly TimeSpan LengthMax = TimeSpan.FromHours(24);

    public static Command Create()
    {
        var options = new LeverOptions();
        var to = new Option<string>("--to") { HelpName = "REGION", Description = "The region that takes all traffic.", Required = true };
        var length = new Option<string>("--for") { HelpName = "TIME", Description = "For how long, such as 10m; 24h at most.", Required = true };
        var yes = new Option<bool>("--yes") { Description = "Does not ask." };
        var admins = new Option<string[]>("--admin")
        {
            HelpName = "REGION=URL",
            Description = "A server of a region whose status is counted, where the region's own address does not show it. May be repeated.",
        };
        var keys = new Option<string[]>("--key")
        {
            HelpName = "REGION=KEY",
            Description = "Its admin key; INGEST_ADMIN_KEY where all have the same. May be repeated.",
        };
        var command = new Command(
            "drill",
            "Moves all traffic to one region for a time, counts, moves it back, and reports. It moves back at once when that\n" +
            "region says that it is not ready, at any error, and at Ctrl-C. Where the command itself dies, the server of the\n" +
            "region in whose lake the drill was written down moves the lever back once the time is over.\n" +
            "Exit code: 0 done and back, 1 refused, or ended before its time and back, 2 the lever is not back: look at it.\n" +
            "Example: ./ingest region drill --to us-west-2 --for 10m")
        {
            to, length, yes, admins, keys,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => LeverSession.RunAsync(async () =>
        {
            using var session = await options.OpenAsync(parsed, needsLake: true, cancellation);
            if (session is null)
                return ExitCodes.NoAnswer;
            var mistakes = new List<string>();
            var target = parsed.GetValue(to)!;
            if (!session.Plan.Names.Contains(target, StringComparer.Ordinal))
                mistakes.Add($"--to {target}: write one of {string.Join(", ", session.Plan.Names)}.");
            var time = Quantities.Time(parsed.GetValue(length)!);
            if (time is null || time <= TimeSpan.Zero || time > LengthMax)
                mistakes.Add($"--for {parsed.GetValue(length)}: write a time such as 10m, 24h at most.");
            using var counters = RegionCounters.Read(session.Plan, parsed.GetValue(admins) ?? [], parsed.GetValue(keys) ?? [], mistakes);
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync(mistake);
            return mistakes.Count > 0
                ? ExitCodes.NoAnswer
                : await new DrillRun(session, counters, TimeProvider.System, Console.Out).RunAsync(
                    target, time!.Value, () => parsed.GetValue(yes) || Confirmation.Ask($"Move all traffic to {target}?"), cancellation);
        }));
        return command;
    }
}

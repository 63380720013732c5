using System.CommandLine;
using Ingest.Engine;
using Ingest.Regions;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest lever history</c>: who moved the lever, when, and why.</summary>
internal static class LeverHistoryCommand
{
    public static Command Create()
    {
        var options = new LeverOptions();
        var since = new Option<string>("--since") { HelpName = "TIME", Description = "How far back, such as 48h or 30d.", DefaultValueFactory = _ => "7d" };
        var command = new Command(
            "history",
            "Shows what the watcher of this region, and people on this machine, did with the lever. Each region has its own.\n" +
            "Exit code: 0 shown, 2 the lake cannot be read.")
        {
            since,
        };
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => LeverSession.RunAsync(async () =>
        {
            var mistakes = new List<string>();
            if (HourText.ParseLength("--since", parsed.GetValue(since)!, mistakes) is not { } length)
            {
                await Console.Error.WriteLineAsync(mistakes[0]);
                return ExitCodes.NoAnswer;
            }

            using var session = await options.OpenAsync(parsed, needsLake: true, cancellation);
            return session is null ? ExitCodes.NoAnswer : await RunAsync(session.Lake!, length, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(ILake lake, TimeSpan length, CancellationToken cancellation)
    {
        var records = new List<LeverRecord>();
        await foreach (var record in new LeverHistory(lake).ReadAsync(Instant.From(TimeProvider.System.GetUtcNow()) - length, cancellation))
            records.Add(record);
        foreach (var record in records.OrderBy(record => record.At))
        {
            AnsiConsole.WriteLine(Terminal.Text(
                $"{record.At} {record.By} {record.What} {Text(record.From)}{(record.To is null ? "" : $" -> {Text(record.To)}")}: {record.Reason}"
                + (record.Failure is { } failure ? $" FAILED: {failure}" : "")));
        }

        if (records.Count == 0)
            AnsiConsole.WriteLine("Nothing happened.");
        return ExitCodes.Good;
    }

    private static string Text(SortedDictionary<string, int>? weights) =>
        weights is null ? "unknown" : new RegionWeights(weights).ToString();
}

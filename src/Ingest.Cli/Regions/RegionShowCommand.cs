using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ingest.Engine;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest region show</c>: name, role and bridge of a region, and what was relayed of each hour.</summary>
internal static class RegionShowCommand
{
    public static Command Create()
    {
        var servers = new ServerOptions();
        var lakes = new LakeOptions();
        var since = new Option<string>("--since")
        {
            HelpName = "TIME",
            Description = "Shows the hours since then, such as 48h or 7d.",
            DefaultValueFactory = _ => "24h",
        };
        var json = new Option<bool>("--json") { Description = "Prints the hours, a JSON object a line." };
        var command = new Command(
            "show",
            "Shows what a region is, how its bridge is doing, and hour by hour what was relayed and when. The hours come from the\n" +
            "lake, so they are shown without a server too.\n" +
            "Exit code: 0 done, 2 it could not be found out.\n" +
            "Example: ./ingest region show --since 48h")
        {
            since, json,
        };
        servers.AddTo(command);
        lakes.AddTo(command);
        command.SetAction((parsed, cancellation) => QuarantineCommand.RunAsync(async () =>
        {
            var mistakes = new List<string>();
            var choice = servers.Read(parsed, mistakes);
            var lake = lakes.Find(parsed, choice.Folders, mistakes);
            var length = HourText.ParseLength("--since", parsed.GetValue(since)!, mistakes);
            if (mistakes.Count > 0 || lake is null || length is null)
            {
                foreach (var mistake in mistakes)
                    await Console.Error.WriteLineAsync(mistake);
                return ExitCodes.NoAnswer;
            }

            var asJson = parsed.GetValue(json);
            if (!asJson)
                await PrintRegionAsync(choice, cancellation);
            var from = (Instant.From(TimeProvider.System.GetUtcNow()) - length.Value).Hour;
            Print(await BridgedHours.ReadAsync(await lake.OpenAsync(cancellation), from, cancellation), from, asJson);
            return ExitCodes.Good;
        }));
        return command;
    }

    private static async Task PrintRegionAsync(ServerChoice choice, CancellationToken cancellation)
    {
        using var client = new AdminClient();
        var mistakes = new List<string>();
        if (await RegionServer.AskAsync(client, choice, mistakes, cancellation) is { } region)
            AnsiConsole.WriteLine(string.Join('\n', RegionView.Lines(region)));
        foreach (var mistake in mistakes)
            Console.WriteLine($"{mistake} This is what its lake holds.");
    }

    private static void Print(BridgedHours hours, LakeHour from, bool asJson)
    {
        if (asJson)
        {
            foreach (var row in hours.Rows)
                Console.WriteLine(JsonSerializer.Serialize(row, BridgedHourJson.Default.BridgedHour));
            return;
        }

        if (hours.Rows.Count == 0)
        {
            Console.WriteLine($"Nothing was relayed since {from}, and nothing waits.");
            return;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("received in");
        foreach (var name in (string[])["waiting", "relayed", "events", "accepted", "quarantined", "duplicates"])
            table.AddColumn(new TableColumn(name).RightAligned());
        table.AddColumn("last delivered");
        foreach (var row in hours.Rows)
        {
            table.AddRow(
                row.Hour, Count(row.Waiting), Count(row.Objects), Count(row.Events), Count(row.Accepted), Count(row.Quarantined),
                Count(row.Duplicates), row.LastDelivered?.ToString() ?? "");
        }

        AnsiConsole.Write(table);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

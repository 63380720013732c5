using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Ingest.Engine;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest quarantine list</c>: counts by source, hour and reason.</summary>
internal static class QuarantineListCommand
{
    public static Command Create()
    {
        var options = new QuarantineOptions(asksServers: false);
        var json = new Option<bool>("--json") { Description = "Prints a JSON object a line." };
        var command = new Command(
            "list",
            "Counts the events of the quarantine by source, hour and reason, and those that a replay made good since.\n" +
            "Exit code: 0 done, 2 it could not be found out.\n" +
            "Example: ./ingest quarantine list --source shop --from 2026-11-21");
        options.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => QuarantineCommand.RunAsync(async () =>
        {
            if (options.Read(parsed) is not { } choice)
                return ExitCodes.NoAnswer;
            var counts = await CountAsync(await choice.Lake.OpenAsync(cancellation), choice.Filter, cancellation);
            if (parsed.GetValue(json))
                PrintJson(counts);
            else
                Print(counts);
            return ExitCodes.Good;
        }));
        return command;
    }

    private static Task<QuarantineCounts> CountAsync(ILake lake, EventFilter filter, CancellationToken cancellation) =>
        Working.WithAsync("Reading the quarantine …", say => CountAsync(lake, filter, say, cancellation));

    private static async Task<QuarantineCounts> CountAsync(
        ILake lake, EventFilter filter, Action<string> say, CancellationToken cancellation)
    {
        var counts = new QuarantineCounts();
        var objects = ObjectKey.ListAsync(lake, LakeStream.Quarantine, filter.Source, filter.Span, cancellation);
        await foreach (var key in objects)
        {
            var records = await ReplayRecords.ReadAsync(lake, key, cancellation);
            await foreach (var found in QuarantinedEvent.ReadAsync(lake, key, cancellation))
            {
                var rules = records.RulesOf(found);
                if (filter.Takes(rules))
                    counts.Add(key, rules, records.Done.Contains(found.Number));
            }

            say($"{counts.Events.ToString("N0", CultureInfo.InvariantCulture)} events read …");
        }

        return counts;
    }

    private static void PrintJson(QuarantineCounts counts)
    {
        foreach (var row in counts.Rows)
            Console.WriteLine(JsonSerializer.Serialize(row, QuarantineCountJson.Default.QuarantineCount));
    }

    private static void Print(QuarantineCounts counts)
    {
        if (counts.Events > 0)
        {
            var table = new Table { Border = TableBorder.Rounded };
            foreach (var name in (string[])["source", "hour", "reason"])
                table.AddColumn(name);
            table.AddColumn(new TableColumn("events").RightAligned());
            table.AddColumn(new TableColumn("replayed").RightAligned());
            foreach (var row in counts.Rows)
            {
                table.AddRow(
                    Markup.Escape(row.Source), row.Hour.Hour.ToString(), Markup.Escape(Terminal.Text(row.Reason)),
                    row.Events.ToString(CultureInfo.InvariantCulture), row.Replayed.ToString(CultureInfo.InvariantCulture));
            }

            AnsiConsole.Write(table);
        }

        Console.WriteLine($"{counts.Events} events in the quarantine, {counts.Replayed} of them replayed since");
    }
}

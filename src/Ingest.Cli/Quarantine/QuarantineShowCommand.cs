using System.CommandLine;
using System.Globalization;
using System.Text;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary><c>ingest quarantine show</c>: events with their reasons and their original.</summary>
internal static class QuarantineShowCommand
{
    public static Command Create()
    {
        var options = new QuarantineOptions(asksServers: false);
        var id = new Argument<string?>("ID") { Description = "The event_id; all that the options name when absent.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "Most events shown.", DefaultValueFactory = _ => 20 };
        limit.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number < 1)
                result.AddError($"--limit {token.Value}: write a whole number from 1 on.");
        });
        var json = new Option<bool>("--json") { Description = "Prints the lines as they stand in the lake." };
        var command = new Command(
            "show",
            "Shows events of the quarantine: why they are there, and what was sent.\n" +
            "Exit code: 0 shown, 1 there is no such event, 2 it could not be found out.\n" +
            "Example: ./ingest quarantine show 42 --source shop")
        {
            id,
        };
        options.AddTo(command);
        command.Options.Add(limit);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) => QuarantineCommand.RunAsync(async () =>
        {
            if (options.Read(parsed) is not { } choice)
                return ExitCodes.NoAnswer;
            var shown = await ShowAsync(
                await choice.Lake.OpenAsync(cancellation), choice.Filter, parsed.GetValue(id),
                parsed.GetValue(limit), parsed.GetValue(json), cancellation);
            if (shown > 0)
                return ExitCodes.Good;
            await Console.Error.WriteLineAsync("There is no such event in the quarantine.");
            return ExitCodes.Bad;
        }));
        return command;
    }

    private static async Task<int> ShowAsync(
        ILake lake, EventFilter filter, string? id, int limit, bool asJson, CancellationToken cancellation)
    {
        var shown = 0;
        var objects = ObjectKey.ListAsync(lake, LakeStream.Quarantine, filter.Source, filter.Span, cancellation);
        await foreach (var key in objects)
        {
            var records = await ReplayRecords.ReadAsync(lake, key, cancellation);
            await foreach (var found in QuarantinedEvent.ReadAsync(lake, key, cancellation))
            {
                if ((id is not null && found.Id != id) || !filter.Takes(records.RulesOf(found)))
                    continue;
                if (asJson)
                    Console.WriteLine(Encoding.UTF8.GetString(found.Line.Span));
                else
                    QuarantineView.Print(found, records.Count == 0 ? null : await ReplayRecords.FindLastAsync(lake, found, cancellation));
                if (++shown == limit)
                    return shown;
            }
        }

        return shown;
    }
}

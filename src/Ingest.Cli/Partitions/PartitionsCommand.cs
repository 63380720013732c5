using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest partitions</c>: shows how many partitions sources have, and raises the number of one.</summary>
internal static class PartitionsCommand
{
    public static Command Create()
    {
        var servers = new ServerOptions();
        var source = new Argument<string?>("SOURCE") { Description = "The source; all of them when absent.", Arity = ArgumentArity.ZeroOrOne };
        var count = new Argument<int?>("COUNT") { Description = "Partitions that it is to have at least.", Arity = ArgumentArity.ZeroOrOne };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) && number < 1)
                result.AddError($"COUNT {token.Value}: write a whole number from 1 on.");
        });
        var command = new Command(
            "partitions",
            "Shows how many partitions each source of a cluster has, or raises the number of one source.\n" +
            "The new number is a multiple of the present one; it is never lowered. Events that arrive meanwhile wait a moment.\n" +
            "Exit code: 0 done, 1 the cluster refused, 2 it could not be asked.\n" +
            "Example: ./ingest partitions demo 4")
        {
            source, count,
        };
        servers.AddTo(command);
        command.SetAction((parsed, cancellation) =>
        {
            var mistakes = new List<string>();
            var choice = servers.Read(parsed, mistakes);
            return RunAsync(choice, mistakes, parsed.GetValue(source), parsed.GetValue(count), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ServerChoice choice, List<string> mistakes, string? source, int? count, CancellationToken cancellation)
    {
        if (mistakes.Count == 0)
        {
            try
            {
                using var client = new AdminClient();
                var answer = count is { } wanted
                    ? await client.AskAsync(choice.Servers, HttpMethod.Post, RaisePath(source!, wanted), cancellation)
                    : await client.AskAsync(choice.Servers, HttpMethod.Get, Path, cancellation);
                if (answer is { } given)
                    return Print(given.Status, given.Body, source);
                mistakes.Add("No server listens: start one, or name one with --url.");
            }
            catch (ServerSilentException exception)
            {
                mistakes.Add(exception.Message);
            }
        }

        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        return ExitCodes.NoAnswer;
    }

    private const string Path = "/admin/partitions";

    private static string RaisePath(string source, int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{Path}?source={Uri.EscapeDataString(source)}&count={count}");

    private static int Print(HttpStatusCode status, string body, string? source)
    {
        if (status == HttpStatusCode.OK)
            return PrintCounts(JsonSerializer.Deserialize<SortedDictionary<string, int>>(body)!, source);
        Console.Error.WriteLine(status == HttpStatusCode.NotFound
            ? "This server is a single process: its numbers are in config/sources, key partitions."
            : body.TrimEnd());
        return status is HttpStatusCode.Conflict or HttpStatusCode.BadRequest ? ExitCodes.Bad : ExitCodes.NoAnswer;
    }

    private static int PrintCounts(SortedDictionary<string, int> counts, string? source)
    {
        if (source is not null && !counts.ContainsKey(source))
        {
            Console.Error.WriteLine($"There is no source {source}. There are: {string.Join(", ", counts.Keys)}");
            return ExitCodes.Bad;
        }

        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("source");
        table.AddColumn(new TableColumn("partitions").RightAligned());
        foreach (var (name, number) in counts.Where(count => source is null || count.Key == source))
            table.AddRow(Markup.Escape(name), number.ToString(CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        return ExitCodes.Good;
    }
}

using System.CommandLine;
using System.Net;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary><c>ingest status</c>: asks a running server, or reads the journal of one that is stopped.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var servers = new ServerOptions();
        var json = new Option<bool>("--json") { Description = "Prints the report as JSON." };
        var command = new Command(
            "status",
            "Shows sources, backlog, last ship, breaker, quarantine counts, and the silos of a cluster.\n" +
            "Exit code: 0 all is well, 1 something needs a look, 2 it could not be found out.\n" +
            "Example: INGEST_ADMIN_KEY=… ./ingest status --url https://ingest.example.com");
        servers.AddTo(command);
        command.Options.Add(json);
        command.SetAction((parsed, cancellation) =>
        {
            var mistakes = new List<string>();
            var choice = servers.Read(parsed, mistakes);
            return RunAsync(choice, mistakes, parsed.GetValue(json), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ServerChoice choice, List<string> mistakes, bool asJson, CancellationToken cancellation)
    {
        StatusReport? report = null;
        if (mistakes.Count == 0)
        {
            try
            {
                report = await AskAsync(choice, cancellation);
            }
            catch (ServerSilentException exception)
            {
                mistakes.Add(exception.Message);
            }
        }

        if (report is null && mistakes.Count == 0)
        {
            if (choice.Server is { } silent)
                mistakes.Add($"No server listens at {silent.Url}");
            else
                report = await ReadJournalAsync(choice, cancellation);
        }

        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        if (report is null)
            return ExitCodes.NoAnswer;
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
        else
            StatusView.Print(report);
        return StatusView.Troubles(report).Any() ? ExitCodes.Bad : ExitCodes.Good;
    }

    /// <summary>The report of the first server that listens; null where none does.</summary>
    /// <exception cref="ServerSilentException">One listens, and gives no report.</exception>
    private static async Task<StatusReport?> AskAsync(ServerChoice choice, CancellationToken cancellation)
    {
        using var client = new AdminClient();
        if (await client.AskAsync(choice.Servers, HttpMethod.Get, "/admin/status", cancellation) is not { } answer)
            return null;
        if (answer.Status != HttpStatusCode.OK)
            throw new ServerSilentException($"The server is there, but gave no report: {(int)answer.Status} {answer.Body}", null);
        try
        {
            return JsonSerializer.Deserialize(answer.Body, StatusJson.Default.StatusReport);
        }
        catch (JsonException exception)
        {
            throw new ServerSilentException($"The server's report cannot be read: {exception.Message}", exception);
        }
    }

    private static async Task<StatusReport?> ReadJournalAsync(ServerChoice choice, CancellationToken cancellation)
    {
        await using var opened = await Opened.OpenAsync(null, choice.Data, choice.IsDataGiven);
        if (opened is null)
            return null;
        try
        {
            var since = (Instant.From(TimeProvider.System.GetUtcNow()) - SourceReport.Window).Hour;
            var (sources, violations) = await SourceReport.SumAsync(opened.Journal.ReadLedgerAsync(since, cancellation));
            return new StatusReport(
                null, null, "the server is not running", opened.Folder?.Lake?.Lake ?? "unknown", opened.Journal.Id,
                await opened.Journal.ReadStatusAsync(cancellation),
                null, sources, since.Start, violations, 0, 0, new Dictionary<string, long>(StringComparer.Ordinal), []);
        }
        catch (Exception exception) when (exception is JournalCorruptException or JournalUnavailableException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return null;
        }
    }
}

using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary><c>ingest status</c>: asks the running server, or reads the journal of one that is stopped.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            HelpName = "DIR",
            Description = "The server's data folder.",
            DefaultValueFactory = _ => "./data",
        };
        var json = new Option<bool>("--json") { Description = "Prints the report as JSON." };
        var command = new Command(
            "status",
            "Shows sources, backlog, last ship, breaker and quarantine counts.\n" +
            "Exit code: 0 all is well, 1 something needs a look, 2 it could not be found out.")
        {
            data, json,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(data)!, parsed.GetValue(json), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string dataFolder, bool asJson, CancellationToken cancellation)
    {
        StatusReport? report;
        try
        {
            report = await AskServerAsync(dataFolder, cancellation) ?? await ReadJournalAsync(dataFolder, cancellation);
        }
        catch (ServerSilentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NoAnswer;
        }

        if (report is null)
            return ExitCodes.NoAnswer;
        if (asJson)
            Console.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
        else
            StatusView.Print(report);
        return StatusView.Troubles(report).Any() ? ExitCodes.Bad : ExitCodes.Good;
    }

    /// <summary>The report of the running server; null where none listens.</summary>
    /// <exception cref="ServerSilentException">One listens, and gives no report.</exception>
    private static async Task<StatusReport?> AskServerAsync(string dataFolder, CancellationToken cancellation)
    {
        try
        {
            if (NodeFile.Read(dataFolder) is not { } node)
                return null;
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.AdminKey);
            return await client.GetFromJsonAsync(
                new Uri(new Uri(node.Url), "/admin/status"), StatusJson.Default.StatusReport, cancellation);
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
        catch (Exception exception) when (exception
            is HttpRequestException or JsonException or IOException or UnauthorizedAccessException
            || (exception is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ServerSilentException($"The server is there, but gave no report: {exception.Message}", exception);
        }
    }

    private static async Task<StatusReport?> ReadJournalAsync(string dataFolder, CancellationToken cancellation)
    {
        await using var opened = await Opened.OpenAsync(dataFolder);
        if (opened is null)
            return null;
        try
        {
            var since = (Instant.From(TimeProvider.System.GetUtcNow()) - SourceReport.Window).Hour;
            var (sources, violations) = await SourceReport.SumAsync(opened.Journal.ReadLedgerAsync(since, cancellation));
            return new StatusReport(
                null, null, "the server is not running", opened.Node?.Lake ?? "unknown", opened.Journal.Id,
                await opened.Journal.ReadStatusAsync(cancellation),
                null, sources, since.Start, violations, 0, 0, new Dictionary<string, long>(StringComparer.Ordinal), []);
        }
        catch (Exception exception) when (exception is JournalCorruptException or JournalUnavailableException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return null;
        }
    }

    private sealed class ServerSilentException(string message, Exception inner) : Exception(message, inner);
}

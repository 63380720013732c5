using System.Net;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary>Asks a running server of a region.</summary>
internal static class RegionServer
{
    /// <summary>What the server says of its region.</summary>
    /// <returns>Null where it cannot be known, with a sentence in <paramref name="mistakes"/>.</returns>
    public static async Task<RegionReport?> AskAsync(
        AdminClient client, ServerChoice servers, ICollection<string> mistakes, CancellationToken cancellation)
    {
        try
        {
            if (await client.AskAsync(servers.Servers, HttpMethod.Get, "/admin/status", cancellation) is not { } answer)
                mistakes.Add("No server of this region answers. Start one, or name it with --url.");
            else if (answer.Status != HttpStatusCode.OK)
                mistakes.Add($"The server is there, but gave no report: {(int)answer.Status} {answer.Body}");
            else if (JsonSerializer.Deserialize(answer.Body, StatusJson.Default.StatusReport)?.Region is not { } region)
                mistakes.Add("This server has no region: it was started without --region.");
            else
                return region;
        }
        catch (Exception exception) when (exception is ServerSilentException or JsonException)
        {
            mistakes.Add(exception.Message);
        }

        return null;
    }
}

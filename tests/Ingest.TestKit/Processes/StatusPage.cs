using System.Net.Http.Headers;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>The page that <c>./ingest status</c> shows, for tests that ask for it again and again: a process each time takes longer.</summary>
public static class StatusPage
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Asks a server by the node.json of its data folder.</summary>
    /// <inheritdoc cref="ReadAsync(Uri, string)"/>
    public static async Task<string> ReadAsync(string dataFolder)
    {
        var node = JsonElement.Parse(await File.ReadAllBytesAsync(Path.Combine(dataFolder, "node.json")));
        return await ReadAsync(new Uri(node.GetProperty("url").GetString()!), node.GetProperty("adminKey").GetString()!);
    }

    /// <summary>Asks a server.</summary>
    /// <returns>The report as JSON, or why there is none.</returns>
    public static async Task<string> ReadAsync(Uri server, string adminKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server, "/admin/status"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        try
        {
            using var answer = await Http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            return answer.IsSuccessStatusCode ? body : $"{answer.StatusCode}: {body}";
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            return $"{server}: {exception.Message}";
        }
    }
}

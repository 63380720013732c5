using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Bench;

/// <summary>Asks a running server of the product for what only it knows.</summary>
internal sealed class AdminPage : IDisposable
{
    private readonly HttpClient _client;

    private AdminPage(NodeFile node)
    {
        var url = new Uri(node.Url);
        Endpoint = new IPEndPoint(IPAddress.Loopback, url.Port);
        _client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", node.AdminKey);
    }

    public IPEndPoint Endpoint { get; }

    /// <summary>The server of a data folder; null while it has not said where it listens.</summary>
    public static AdminPage? Find(string data) => NodeFile.Read(data) is { } node ? new AdminPage(node) : null;

    public async Task<bool> IsReadyAsync()
    {
        using var answer = await _client.GetAsync(new Uri("/ready", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    /// <exception cref="HttpRequestException">The server gave no report.</exception>
    public async Task<StatusReport> ReadStatusAsync()
    {
        await using var body = await _client.GetStreamAsync(new Uri("/admin/status", UriKind.Relative));
        return await JsonSerializer.DeserializeAsync(body, StatusJson.Default.StatusReport)
            ?? throw new InvalidOperationException("The server's report is empty.");
    }

    public void Dispose() => _client.Dispose();
}

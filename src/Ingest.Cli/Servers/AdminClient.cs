using System.Net;
using System.Net.Http.Headers;

namespace Ingest.Cli;

/// <summary>Asks the admin pages of the first server that listens.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends one request.</summary>
    /// <param name="servers">Asked one after the other until one listens.</param>
    /// <param name="method">How to ask.</param>
    /// <param name="path">Path and query of the page.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Status and body of the answer; null where no server listens.</returns>
    /// <exception cref="ServerSilentException">One listens and does not answer, or refuses the key.</exception>
    public Task<(HttpStatusCode Status, string Body)?> AskAsync(
        IEnumerable<ServerAddress> servers, HttpMethod method, string path, CancellationToken cancellation) =>
        AskAsync(servers, method, path, default, cancellation);

    /// <summary>Sends one request with a body; empty for none.</summary>
    /// <inheritdoc cref="AskAsync(IEnumerable{ServerAddress}, HttpMethod, string, CancellationToken)"/>
    public async Task<(HttpStatusCode Status, string Body)?> AskAsync(
        IEnumerable<ServerAddress> servers, HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        foreach (var server in servers)
        {
            if (await TryAskAsync(server, method, path, body, cancellation) is { } answer)
                return answer;
        }

        return null;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(HttpStatusCode Status, string Body)?> TryAskAsync(
        ServerAddress server, HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(server.Url, path));
            if (!body.IsEmpty)
                request.Content = new ReadOnlyMemoryContent(body);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", server.Key);
            using var answer = await _http.SendAsync(request, cancellation);
            return answer.StatusCode == HttpStatusCode.Unauthorized
                ? throw new ServerSilentException($"{server.Url} refuses the admin key.", null)
                : (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError
            is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError)
        {
            return null;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException
            || (exception is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new ServerSilentException($"{server.Url} is there, but does not answer: {exception.Message}", exception);
        }
    }
}

/// <summary>A server listens, and gives no answer that could be used.</summary>
internal sealed class ServerSilentException(string message, Exception? inner) : Exception(message, inner);

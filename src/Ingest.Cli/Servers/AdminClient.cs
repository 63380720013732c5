using System.Net;
using System.Net.Http.Headers;

namespace Ingest.Cli;

/// <summary>Asks the admin pages of the first server that serves.</summary>
internal sealed class AdminClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>Sends one request.</summary>
    /// <param name="servers">Asked one after the other until one serves.</param>
    /// <param name="method">How to ask.</param>
    /// <param name="path">Path and query of the page.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>
    /// Status and body of the answer; 503 where every server that answers says so; null where no server listens.
    /// </returns>
    /// <exception cref="ServerSilentException">Servers listen, and none of them answers.</exception>
    /// <exception cref="KeyRefusedException">The key that was given is wrong.</exception>
    public Task<(HttpStatusCode Status, string Body)?> AskAsync(
        IEnumerable<ServerAddress> servers, HttpMethod method, string path, CancellationToken cancellation) =>
        AskAsync(servers, method, path, default, cancellation);

    /// <summary>Sends one request with a body; empty for none.</summary>
    /// <inheritdoc cref="AskAsync(IEnumerable{ServerAddress}, HttpMethod, string, CancellationToken)"/>
    public async Task<(HttpStatusCode Status, string Body)?> AskAsync(
        IEnumerable<ServerAddress> servers, HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        (HttpStatusCode Status, string Body)? unavailable = null;
        ServerSilentException? silent = null;
        foreach (var server in servers)
        {
            try
            {
                var answer = await TryAskAsync(server, method, path, body, cancellation);
                if (answer is { Status: not HttpStatusCode.ServiceUnavailable })
                    return answer;
                unavailable ??= answer;
            }
            catch (ServerSilentException exception)
            {
                // Another one may serve.
                silent ??= exception;
            }
        }

        return unavailable ?? (silent is null ? null : throw silent);
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
            if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                var problem = $"{server.Url} refuses the admin key.";
                throw server.IsGiven ? new KeyRefusedException(problem) : new ServerSilentException(problem, null);
            }

            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellation));
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
internal class ServerSilentException(string message, Exception? inner) : Exception(message, inner);

/// <summary>A server refuses the key that a person gave: no waiting makes it right.</summary>
internal sealed class KeyRefusedException(string message) : ServerSilentException(message, null);

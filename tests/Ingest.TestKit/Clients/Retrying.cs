using System.Net;

namespace Ingest.TestKit;

/// <summary>How one try of a request ended.</summary>
/// <param name="Status">Status of the answer; null where none came.</param>
/// <param name="HasRetryAfter">Whether the answer says when to try again.</param>
public readonly record struct RequestTry(HttpStatusCode? Status, bool HasRetryAfter);

/// <summary>Sends a request until it is answered with success, as every client of an ingest does.</summary>
public sealed class Retrying : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>How long one try may take; then the outcome is not known, and it is sent again.</summary>
    public TimeSpan Patience
    {
        get => _http.Timeout;
        set => _http.Timeout = value;
    }

    /// <summary>Is told of every try that was not a success; from any thread.</summary>
    public Action<RequestTry>? OnFailure { get; set; }

    /// <summary>Sends a request again and again until its answer is 200. Any answer but that or 503 is a fault of the server.</summary>
    /// <param name="request">Makes the request anew for each try.</param>
    /// <returns>The body of the answer.</returns>
    public async Task<byte[]> SendAsync(Func<HttpRequestMessage> request)
    {
        using var deadline = new CancellationTokenSource(Deadline.Delivery);
        while (true)
        {
            if (await TrySendAsync(request, deadline.Token) is { } body)
                return body;
            await Task.Delay(Pause, deadline.Token);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Null where the outcome is not known or the server asked to send again.</summary>
    private async Task<byte[]?> TrySendAsync(Func<HttpRequestMessage> request, CancellationToken deadline)
    {
        try
        {
            using var message = request();
            using var answer = await _http.SendAsync(message, deadline);
            var body = await answer.Content.ReadAsByteArrayAsync(deadline);
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                OnFailure?.Invoke(new RequestTry(answer.StatusCode, answer.Headers.RetryAfter is not null));
                return null;
            }

            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{message.RequestUri} was answered {answer.StatusCode}.");
            return body;
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException or OperationCanceledException
            && !deadline.IsCancellationRequested)
        {
            OnFailure?.Invoke(new RequestTry(null, false));
            return null;
        }
    }
}

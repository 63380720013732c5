using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ingest.TestKit;

/// <summary>The server behind a <see cref="FaultProxy"/>.</summary>
internal sealed class Upstream(Uri address) : IDisposable
{
    // Of one connection, not of the message: each side has its own (RFC 9110, 7.6.1).
    private static readonly HashSet<string> ConnectionHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Transfer-Encoding", "Expect", "Upgrade", "Proxy-Connection", "TE", "Trailer",
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
    });

    /// <summary>Sends the request on and copies the answer back.</summary>
    public async Task ForwardAsync(HttpContext context, Stream body)
    {
        using var answer = await SendAsync(context, body);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            if (!ConnectionHeaders.Contains(name))
                context.Response.Headers[name] = values.ToArray();
        if (!HttpMethods.IsHead(context.Request.Method))
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>Sends the request on; returns when the head of the answer is there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpContext context, Stream body)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        // The path is signed as it was sent: it must not be made canonical.
        var uri = new Uri(
            $"{address.Scheme}://{address.Authority}{target}",
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), uri)
        {
            Content = HasBody(context.Request) ? new StreamContent(body) : null,
        };
        foreach (var (name, values) in context.Request.Headers)
            if (!ConnectionHeaders.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        return _client.SendAsync(request, context.RequestAborted);
    }

    public void Dispose() => _client.Dispose();

    private static bool HasBody(HttpRequest request) =>
        request.ContentLength is not null || request.Headers.ContainsKey("Transfer-Encoding");
}

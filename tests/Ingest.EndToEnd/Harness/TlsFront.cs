using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace Ingest.EndToEnd;

/// <summary>
/// What ends TLS in front of a server, as a balancer does. It begins without the intermediate certificate, the mistake
/// that every browser forgives and every tracker suffers from.
/// </summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly HttpClient _server;
    private readonly WebApplication _app;
    private readonly CertificateChain _chain;
    private SslStreamCertificateContext _shown;
    private int _inFlight;
    private int _inFlightMax;

    private TlsFront(Uri server, CertificateChain chain)
    {
        _server = new HttpClient(new SocketsHttpHandler()) { BaseAddress = server, Timeout = Deadline.Process };
        _chain = chain;
        _shown = SslStreamCertificateContext.Create(chain.Leaf, additionalCertificates: null, offline: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(Shake()) });
        }));
        _app = builder.Build();
        _app.Run(PassOnAsync);
    }

    public Uri Url => new(_app.Urls.Single());

    /// <summary>Handshakes that clients began.</summary>
    public Counter Handshakes { get; } = new();

    /// <summary>Most requests that were under way at once.</summary>
    public int InFlightMax => _inFlightMax;

    /// <summary>Answers, by status, and whether they say when to come again.</summary>
    public ConcurrentDictionary<(int Status, bool HasRetryAfter), int> Answers { get; } = new();

    public static async Task<TlsFront> StartAsync(Uri server, CertificateChain chain)
    {
        var front = new TlsFront(server, chain);
        await front._app.StartAsync();
        return front;
    }

    /// <summary>Shows the whole chain from now on.</summary>
    public void Mend() => Volatile.Write(
        ref _shown, SslStreamCertificateContext.Create(_chain.Leaf, new X509Certificate2Collection(_chain.Intermediate), offline: true));

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _server.Dispose();
    }

    private SslServerAuthenticationOptions Shake()
    {
        Handshakes.Add(1);
        return new SslServerAuthenticationOptions { ServerCertificateContext = Volatile.Read(ref _shown) };
    }

    private async Task PassOnAsync(HttpContext context)
    {
        var inFlight = Interlocked.Increment(ref _inFlight);
        int most;
        while ((most = _inFlightMax) < inFlight && Interlocked.CompareExchange(ref _inFlightMax, inFlight, most) != most)
        {
        }
        try
        {
            using var answer = await _server.SendAsync(RequestOf(context), context.RequestAborted);
            Answers.AddOrUpdate(((int)answer.StatusCode, answer.Headers.RetryAfter is not null), 1, (_, count) => count + 1);
            context.Response.StatusCode = (int)answer.StatusCode;
            if (answer.Headers.TryGetValues("Retry-After", out var retryAfter))
                context.Response.Headers.RetryAfter = retryAfter.ToArray();
            await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private static HttpRequestMessage RequestOf(HttpContext context)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, context.Request.Path + context.Request.QueryString)
        {
            Content = new StreamContent(context.Request.Body),
        };
        foreach (var (name, values) in context.Request.Headers)
        {
            if (name is not ("Host" or "Connection") && !request.Headers.TryAddWithoutValidation(name, values.ToArray()))
                request.Content.Headers.TryAddWithoutValidation(name, values.ToArray());
        }
        return request;
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Collector.Tests;

/// <summary>A collector behind a real Kestrel on a loopback port of the system's choice.</summary>
internal sealed class CollectorHost : IAsyncDisposable, IReadiness
{
    private readonly WebApplication _web;
    private volatile string? _whyNot;

    private CollectorHost(
        CollectorSettings settings,
        SourceSet sources,
        Func<PathString, RequestDelegate?>? pages,
        ILogger<CollectorApp> logger)
    {
        Catalogue = new SourceCatalogue(sources);
        App = new CollectorApp(settings, Catalogue, Intake, this, TimeProvider.System, logger);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        CollectorServer.Configure(builder, settings.Limits, [new IPEndPoint(IPAddress.Loopback, 0)]);
        _web = builder.Build();
        CollectorServer.Use(_web, App, pages);
    }

    public FakeIntake Intake { get; } = new();

    public CollectorApp App { get; }

    public SourceCatalogue Catalogue { get; }

    public HttpClient Client { get; private set; } = null!;

    public IPEndPoint Endpoint { get; private set; } = null!;

    public static async Task<CollectorHost> StartAsync(
        CollectorSettings? settings = null,
        SourceSet? sources = null,
        Func<PathString, RequestDelegate?>? pages = null,
        ILogger<CollectorApp>? logger = null)
    {
        var host = new CollectorHost(
            settings ?? new CollectorSettings { Node = "node-1" },
            sources ?? TestSources.All,
            pages,
            logger ?? NullLogger<CollectorApp>.Instance);
        await host._web.StartAsync();
        var address = new Uri(host._web.Urls.Single());
        host.Endpoint = new IPEndPoint(IPAddress.Loopback, address.Port);
        host.Client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false })
        {
            BaseAddress = address,
            Timeout = TimeSpan.FromMinutes(2),
        };
        return host;
    }

    /// <summary>From now on nothing can be stored; null ends that.</summary>
    public void SetUnavailable(string? why) => _whyNot = why;

    public bool CanStore(out string? why)
    {
        why = _whyNot;
        return why is null;
    }

    public Task<HttpResponseMessage> PostJsonAsync(string body, string source = "shop") =>
        PostJsonAsync(Encoding.UTF8.GetBytes(body), source);

    public async Task<HttpResponseMessage> PostJsonAsync(
        byte[] body, string source = "shop", string? key = null, string? encoding = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/events/{source}");
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (encoding is not null)
            request.Content.Headers.ContentEncoding.Add(encoding);
        key ??= source == "blog" ? "blog-write-key" : TestSources.Key;
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Client.SendAsync(request);
    }

    /// <summary>Takes no more requests and waits for those under way.</summary>
    public Task StopAsync() => _web.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _web.StopAsync();
        await _web.DisposeAsync();
        App.Counters.Dispose();
    }
}

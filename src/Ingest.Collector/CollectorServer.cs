using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ingest.Collector;

/// <summary>
/// Puts the collector behind Kestrel with all its limits. No routing, no MVC, no host filtering: a request goes from
/// the socket to <see cref="CollectorApp.HandleAsync"/>.
/// </summary>
public static class CollectorServer
{
    /// <summary>Configures Kestrel on a builder, which <see cref="WebApplication.CreateEmptyBuilder"/> makes fastest.</summary>
    public static void Configure(
        WebApplicationBuilder builder, CollectorLimits limits, IReadOnlyList<IPEndPoint> endpoints)
    {
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            Apply(limits, options);
            foreach (var endpoint in endpoints)
                options.Listen(endpoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        // Behind Kestrel's own, since the last one counts.
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new ReceiveBuffers());
    }

    /// <summary>Serves the collector, and other paths beside it.</summary>
    /// <param name="web">The application built.</param>
    /// <param name="app">The collector.</param>
    /// <param name="pages">The delegate of a path that is not the collector's, or null; such pages get no CORS headers.</param>
    public static void Use(WebApplication web, CollectorApp app, Func<PathString, RequestDelegate?>? pages = null)
    {
        if (pages is null)
            web.Run(app.HandleAsync);
        else
            web.Run(context => pages(context.Request.Path) is { } page ? page(context) : app.HandleAsync(context));
    }

    private static void Apply(CollectorLimits limits, KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        // One character a byte: see HeaderText.
        options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        // RequestBody holds the cap: Kestrel's own would answer without CORS headers and cut the connection.
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MaxRequestLineSize = limits.RequestLineBytesMax;
        options.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytesMax;
        options.Limits.MaxRequestBufferSize = Math.Max(1 << 20, 2L * Math.Max(limits.RequestLineBytesMax, limits.HeaderBytesMax));
        options.Limits.MaxConcurrentConnections = limits.ConnectionsMax;
        options.Limits.RequestHeadersTimeout = limits.HeadersTimeout;
        options.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        options.Limits.MinRequestBodyDataRate = new MinDataRate(
            limits.BodyBytesPerSecondMin, gracePeriod: TimeSpan.FromSeconds(5));
    }
}

using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Tracker.Tests;

/// <summary>A collector on a port of this machine. It keeps the ids of what it answered with success, and of some that it did not.</summary>
internal sealed class RecordingServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private RecordingServer(WebApplication app) => _app = app;

    /// <summary>Every id that was taken, with the number of times.</summary>
    public ConcurrentDictionary<string, int> Received { get; } = new(StringComparer.Ordinal);

    public string Url => _app.Urls.Single();

    public static async Task<RecordingServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new RecordingServer(builder.Build());
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await using var plain = context.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
            : context.Request.Body;
        await plain.CopyToAsync(body);
        var kind = Interlocked.Increment(ref _requests) % 5;
        if (kind == 3)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }
        foreach (var received in ReceivedEvent.Read(body.ToArray()))
            Received.AddOrUpdate(received.Id, 1, (_, times) => times + 1);
        // Taken, and the answer lost.
        if (kind == 4)
            context.Abort();
    }
}

using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ingest.TestKit;

/// <summary>
/// An HTTP proxy in front of a server, whose faults are switched while it runs. Method, path, query, Host and headers
/// go on untouched, so that signatures stay valid. Its address stays the same from start to end.
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly Upstream _upstream;
    private readonly ConcurrentDictionary<Type, int> _counts = new();
    private readonly SemaphoreSlim _switching = new(1, 1);
    private TaskCompletionSource _next = NewSignal();
    private volatile Setting _setting = new(Fault.None);
    private WebApplication? _listener;

    private FaultProxy(Uri upstream) => _upstream = new Upstream(upstream);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    public static async Task<FaultProxy> StartAsync(Uri upstream)
    {
        var proxy = new FaultProxy(upstream);
        await proxy.ListenAsync();
        return proxy;
    }

    /// <summary>How many requests met this fault, those that passed included.</summary>
    public int Count<TFault>() where TFault : Fault => _counts.GetValueOrDefault(typeof(TFault));

    /// <summary>Waits until a request has met this fault.</summary>
    public async Task SeenAsync<TFault>() where TFault : Fault
    {
        for (var next = _next.Task; Count<TFault>() == 0; next = _next.Task)
            await next.WaitAsync(Deadline.Process);
    }

    /// <summary>From now on, requests meet this fault. Those that hang are let go.</summary>
    public async Task SetAsync(Fault fault)
    {
        await _switching.WaitAsync();
        try
        {
            var before = _setting;
            _setting = new Setting(fault);
            before.End();
            if (fault is Fault.Refuse)
                await CloseAsync();
            else if (_listener is null)
                await ListenAsync();
        }
        finally
        {
            _switching.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await SetAsync(new Fault.Refuse());
        _switching.Dispose();
        _upstream.Dispose();
    }

    private async Task ListenAsync()
    {
        for (var tries = 1; ; tries++)
        {
            var app = Build();
            try
            {
                await app.StartAsync();
                Address = new Uri(app.Urls.Single());
                _listener = app;
                return;
            }
            // Between two times of listening, another process may hold the port for a moment.
            catch (IOException) when (tries < 100)
            {
                await app.DisposeAsync();
                await Task.Delay(100);
            }
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        // Requests that hang must not hold up a stop.
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.Zero);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Address.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
        });
        var app = builder.Build();
        app.Run(HandleAsync);
        return app;
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _listener, null) is not { } app)
            return;
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        var setting = _setting;
        var fault = setting.Fault.AppliesTo(context.Request) ? setting.Fault : Fault.None;
        _counts.AddOrUpdate(fault.GetType(), 1, (_, n) => n + 1);
        Interlocked.Exchange(ref _next, NewSignal()).SetResult();
        try
        {
            await MeetAsync(fault, context, setting.Ended);
        }
        // Either side went away, or the fault cut it: the other side is to see the same.
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task MeetAsync(Fault fault, HttpContext context, Task ended)
    {
        switch (fault)
        {
            case Fault.Answer answer:
                await WriteErrorAsync(context.Response, answer);
                break;
            case Fault.Delay delay:
                await Task.Delay(delay.Time, context.RequestAborted);
                await _upstream.ForwardAsync(context, context.Request.Body);
                break;
            case Fault.Hang:
                await ended.WaitAsync(context.RequestAborted);
                context.Abort();
                break;
            case Fault.LoseAnswer:
                using (await _upstream.SendAsync(context, context.Request.Body))
                    context.Abort();
                break;
            case Fault.CutBody cut:
                await _upstream.ForwardAsync(context, new CutStream(context.Request.Body, cut.AfterBytes));
                break;
            default:
                await _upstream.ForwardAsync(context, context.Request.Body);
                break;
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task WriteErrorAsync(HttpResponse response, Fault.Answer answer)
    {
        response.StatusCode = answer.Status;
        if (answer.Code is null || HttpMethods.IsHead(response.HttpContext.Request.Method))
            return;
        response.ContentType = "application/xml";
        await response.WriteAsync(
            $"""
            <?xml version="1.0" encoding="UTF-8"?>
            <Error><Code>{answer.Code}</Code><Message>by the fault proxy</Message><RequestId>0</RequestId></Error>
            """);
    }

    /// <summary>A fault, from when it is set until the next one is.</summary>
    private sealed class Setting(Fault fault)
    {
        private readonly TaskCompletionSource _ended = NewSignal();

        public Fault Fault => fault;

        public Task Ended => _ended.Task;

        public void End() => _ended.SetResult();
    }
}

using System.Net;
using System.Text;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Bench.Tests;

/// <summary>The product's way from a request to lines, as a workload configures it; nothing is stored.</summary>
internal sealed class Product : IIntake, IReadiness, IDisposable
{
    private readonly Workload _workload;
    private readonly CollectorConfiguration _configuration;
    private readonly CollectorApp _collector;
    private readonly LineWriter _writer = new("bench");
    private readonly Random _random = new(1);

    public Product(string folder, Workload workload)
    {
        _workload = workload;
        Assert.True(Configuration.TryLoad(BenchSource.WriteConfiguration(folder, workload), out var configuration, out var mistakes), string.Join('\n', mistakes));
        _configuration = configuration;
        _collector = new CollectorApp(
            configuration.Settings, configuration.Catalogue, this, this, TimeProvider.System, NullLogger<CollectorApp>.Instance);
    }

    public int Events { get; private set; }

    /// <summary>Documents that were to be validated.</summary>
    public int Checks { get; private set; }

    public List<EventError> Errors { get; } = [];

    /// <summary>Every event as its line in the lake.</summary>
    public PooledBuffer Lines { get; } = new(1 << 20);

    /// <summary>Sends one request of the workload.</summary>
    /// <param name="number">Which of its bodies.</param>
    /// <param name="change">Changes the body.</param>
    public async Task SendAsync(int number, Func<string, string>? change = null)
    {
        var request = new Request(_workload, new Target(new IPEndPoint(IPAddress.Loopback, 1), _workload.IngestPath), number);
        request.Refresh(_random);
        var body = Encoding.UTF8.GetString(request.Bytes.Span[^request.BodyBytes..]);
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Method = HttpMethods.Post;
        context.Request.Path = _workload.IngestPath;
        context.Request.Headers.Authorization = "Bearer " + BenchSource.WriteKey;
        context.Request.ContentType = "application/json";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(change?.Invoke(body) ?? body));
        context.Response.Body = new MemoryStream();
        await _collector.HandleAsync(context);
        Assert.Equal(StatusCodes.Status200OK, context.Response.StatusCode);
    }

    public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
    {
        Assert.Equal("bench", source);
        Assert.True(_configuration.Catalogue.Current.TryGet(source, out var found));
        var arrived = Instant.From(DateTimeOffset.UnixEpoch.AddDays(20_000).AddMilliseconds(Events));
        foreach (ref readonly var entry in batch.Events)
        {
            Events++;
            Checks += entry.CheckCount;
            Errors.AddRange(EventJudge.Judge(batch, entry, found.Validator) ?? []);
            _writer.WriteGood(Lines, batch, entry, arrived);
        }

        return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored));
    }

    public bool CanStore(out string? why)
    {
        why = null;
        return true;
    }

    public void Dispose() => Lines.Dispose();
}

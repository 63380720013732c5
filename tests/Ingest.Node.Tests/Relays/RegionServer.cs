using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>One region: a node over a journal and a lake in memory, behind HTTP on loopback.</summary>
internal sealed class RegionServer : IAsyncDisposable
{
    public const string WriteKey = "shop-write-key";

    private static readonly Limits Limits = new() { SealAge = TimeSpan.FromMilliseconds(100) };

    private static readonly HostingOptions Options = new()
    {
        RolePeriod = TimeSpan.FromMilliseconds(100),
        QuietBridgePeriod = TimeSpan.FromMilliseconds(100),
        Relays = new RelayLimits
        {
            ChunkLinesMax = 3,
            IdlePause = TimeSpan.FromMilliseconds(50),
            RetryPauseMin = TimeSpan.FromMilliseconds(20),
            RetryPauseMax = TimeSpan.FromMilliseconds(100),
        },
    };

    private readonly WebApplication _web;
    private readonly CollectorApp _app;
    private readonly RelayPage? _page;
    private readonly HttpClient _client;

    private RegionServer(NodeHost host, SourceSet sources)
    {
        Host = host;
        var settings = new CollectorSettings { Node = "node-1" };
        _app = new CollectorApp(
            settings, new SourceCatalogue(sources), new RelayingIntake(host.Intake, host.Relays!.State), host.Health, TimeProvider.System, NullLogger<CollectorApp>.Instance);
        _page = host.Relays.CreatePage(_app.Gate, settings.Limits, host.Health);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        CollectorServer.Configure(builder, settings.Limits, [new IPEndPoint(IPAddress.Loopback, 0)]);
        _web = builder.Build();
        CollectorServer.Use(_web, _app, path => path == RelayRequest.Path ? RelayAsync : null);
        _client = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
    }

    public static RelayKey Key { get; } = new(Encoding.ASCII.GetBytes("a key of thirty-two bytes or more"));

    public NodeHost Host { get; }

    public Uri Url { get; private set; } = null!;

    /// <summary>False while no relay gets through.</summary>
    public bool TakesRelays { get; set; } = true;

    /// <summary>Of relay answers, those that are lost after the work is done: every so many.</summary>
    public int LosesEvery { get; set; } = int.MaxValue;

    /// <summary>Relay requests so far.</summary>
    public int RelayRequests { get; private set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<RegionServer> StartAsync(
        string name, Uri? primary = null, MemoryJournalStore? store = null, ILake? lake = null, IEventValidator? validator = null)
    {
        var region = new RegionSettings
        {
            Name = name,
            Role = primary is null ? RegionRole.Primary : RegionRole.Receiver,
            Primary = primary,
            Key = Key,
        };
        var sources = new SourceSet(
            [new Source { Name = "shop", Validator = validator ?? new KnowsOneSchema(), WriteKeys = new WriteKeys([WriteKey]), Partitions = 2 }], new KnowsOneSchema());
        var host = new NodeHost(
            new MemoryJournal(store ?? new MemoryJournalStore()),
            lake ?? new MemoryLake(),
            new SourceCatalogue(sources),
            Limits,
            Options,
            TimeProvider.System,
            new HostingLog(NullLogger.Instance),
            region: region);
        await host.StartAsync(Cancellation);
        var server = new RegionServer(host, sources);
        await server._web.StartAsync(Cancellation);
        server.Url = new Uri(server._web.Urls.Single());
        return server;
    }

    /// <summary>Posts events with these ids; those that begin with <c>bad</c> are of a schema that nobody knows.</summary>
    public async Task PostAsync(params string[] ids)
    {
        var lines = ids.Select(id => $"{{\"event_id\":\"{id}\",\"schema\":\"{SchemaOf(id)}\",\"data\":{{}}}}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Url, "/v1/events/shop"));
        request.Content = new StringContent(string.Join('\n', lines));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", WriteKey);
        using var answer = await _client.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    /// <summary>Every line below a folder of the lake.</summary>
    public async Task<List<JsonElement>> ReadAsync(string folder)
    {
        var lines = new List<JsonElement>();
        await foreach (var entry in Host.Lake.ListAsync(folder + "/", Cancellation))
        {
            if (await Host.Lake.OpenReadAsync(entry.Key, Cancellation) is not { } stored)
                continue;
            await using var open = stored;
            using var reader = new StreamReader(new GZipStream(stored, CompressionMode.Decompress));
            while (await reader.ReadLineAsync(Cancellation) is { } line)
                lines.Add(JsonDocument.Parse(line).RootElement);
        }

        return lines;
    }

    public async Task<List<string>> IdsAsync(string folder) =>
        [.. (await ReadAsync(folder)).Select(line => line.GetProperty("event_id").GetString()!).Order(StringComparer.Ordinal)];

    /// <summary>The records of what was bridged.</summary>
    public async Task<List<BridgedObject>> BridgedAsync()
    {
        var records = new List<BridgedObject>();
        await foreach (var entry in Host.Lake.ListAsync(LakeLayout.Bridged + "/", Cancellation))
            records.Add((await Host.Lake.FindAsync(entry.Key, RelayFormat.Default.BridgedObject, Cancellation))!);
        return records;
    }

    /// <summary>Waits until nothing waits to be relayed: neither in the journal nor in the lake.</summary>
    public Task UntilBridgedAsync() => TestNode.UntilAsync(async () =>
    {
        var status = await Host.Journal.ReadStatusAsync(Cancellation);
        return status is { Unsealed: 0, Pending: 0 } && !await Host.Lake.ListAsync(LakeLayout.Relay + "/", Cancellation).AnyAsync(Cancellation);
    });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await Host.DisposeAsync();
        _app.Counters.Dispose();
    }

    private static string SchemaOf(string id) =>
        id.StartsWith("bad", StringComparison.Ordinal) ? "iglu:com.acme/other/jsonschema/1-0-0" : KnowsOneSchema.Uri;

    private async Task RelayAsync(HttpContext context)
    {
        RelayRequests++;
        if (!TakesRelays)
        {
            context.Abort();
            return;
        }

        if (RelayRequests % LosesEvery != 0)
        {
            await _page!.HandleAsync(context);
            return;
        }

        context.Response.Body = new MemoryStream();
        await _page!.HandleAsync(context);
        context.Abort();
    }

    private sealed class KnowsOneSchema : IEventValidator
    {
        public const string Uri = "iglu:com.acme/known/jsonschema/1-0-0";

        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            if (Encoding.ASCII.GetString(batch[check.Schema]) != Uri)
                (errors ??= []).Add(new EventError(check.Where, EventRules.UnknownSchema, "there is no such schema"));
        }
    }
}

using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>
/// Whatever a client sends, its stored line reads back as the event that it was: by the same rules it is judged the same
/// and rendered the same, and once its schema is there it is good, byte for byte.
/// </summary>
public sealed class StoredEventPropertyTests : IAsyncLifetime
{
    private static readonly SourceSet Strict = SourcesWith(new UnknownSchemas());
    private static readonly SourceSet Lenient = SourcesWith(new AllSchemas());

    private static readonly StoredEventReader SameRules = new(Strict, new CollectorLimits());
    private static readonly StoredEventReader LenientRules = new(Lenient, new CollectorLimits());

    private CollectorHost _host = null!;
    private List<string> _lines = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await CollectorHost.StartAsync(sources: Strict);
        _lines = StoredLines.Collect(_host.Intake, Strict);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Events_of_plain_json_come_back()
    {
        Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
        {
            await _host.PostJsonAsync(body).OkAsync();
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Events_of_a_source_with_names_of_its_own_come_back()
    {
        Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
        {
            await _host.PostJsonAsync(body, "blog").OkAsync();
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Items_of_trackers_come_back()
    {
        Prop.ForAll(RandomRequests.Items().ToArbitrary(), items => Check(async () =>
        {
            await _host.Client.PostAsync(Tracker.Payload([.. items.Select(Complete)])).OkAsync();
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Items_with_the_query_of_their_request_come_back()
    {
        var queries = Gen.Elements("aid=blog", "e=pv&p=web", "unheard-of=1", "eid=" + Tracker.Id(7), "x=%ff", "co=%7B%7D");
        var requests =
            from query in queries
            from items in RandomRequests.Items()
            select (query, items);
        Prop.ForAll(requests.ToArbitrary(), request => Check(async () =>
        {
            var body = Tracker.Payload([.. request.items.Select(Complete)]);
            await _host.Client.PostAsync(body, $"{Tracker.Path}?{request.query}").OkAsync();
            // What the query replaced is not stored, so what was wrong with it is not seen again.
            _lines.RemoveAll(line => line.Contains(" is not a string", StringComparison.Ordinal));
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_a_tracker_posted_comes_back()
    {
        Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
        {
            using var content = new ByteArrayContent(body);
            await _host.Client.PostAsync(Tracker.Path, content).OkAsync();
        })).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Queries_come_back()
    {
        Prop.ForAll(RandomRequests.Queries().ToArbitrary(), query => Check(async () =>
        {
            using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
            await raw.SendAsync($"GET /i?tv=1&p=web&e=pv&{query} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync(), StringComparison.Ordinal);
        })).QuickCheckThrowOnFailure();
    }

    /// <summary>Sends one request and holds its lines to the property.</summary>
    private void Check(Func<Task> send)
    {
        _lines.Clear();
        // Properties are synchronous; the pool has a thread for what they wait for.
        Task.Run(send).GetAwaiter().GetResult();
        Assert.All(_lines, line =>
        {
            using var json = JsonDocument.Parse(line);
            if (IsUnread(json.RootElement))
                AssertUnread(line, json.RootElement);
            else
                AssertRead(line, json.RootElement);
        });
    }

    private static void AssertRead(string line, JsonElement json)
    {
        using (var same = SameRules.Read(Encoding.UTF8.GetBytes(line)))
            Assert.Equal(line, Assert.Single(StoredLines.Of(same)));

        using var lenient = LenientRules.Read(Encoding.UTF8.GetBytes(line));
        var isSchemaAlone = !json.TryGetProperty("errors", out var errors)
            || errors.EnumerateArray().All(error => error.GetProperty("rule").GetString() == EventRules.UnknownSchema);
        var (_, batch) = Assert.Single(lenient.Batches);
        Assert.Equal(isSchemaAlone, lenient.Judge() is null);
        var original = json.TryGetProperty("payload", out var payload)
            ? Encoding.UTF8.GetBytes(payload.GetRawText())
            : OriginalOf(json);
        Assert.Equal(original, batch[batch.Events[0].Payload].ToArray());
    }

    /// <summary>
    /// Bytes that could not be read are read as a body of their own. They stay, unless events lie in them that something
    /// before had spoiled, as in the rest of an array that broke.
    /// </summary>
    private static void AssertUnread(string line, JsonElement json)
    {
        var original = OriginalOf(json);
        using var same = SameRules.Read(Encoding.UTF8.GetBytes(line));
        Assert.NotEqual(0, same.Count);
        foreach (var (_, batch) in same.Batches)
        {
            foreach (var entry in batch.Events)
                Assert.True(json.GetProperty("collector").GetProperty("protocol").GetString() == "snowplow-get" || original.AsSpan().IndexOf(batch[entry.Payload]) >= 0);
        }
        if (same.Judge() is not null && same is { Count: 1 } && same.Batches[0].Batch.Events[0].Payload.Length == original.Length)
            Assert.Equal(json.GetProperty("event_id").GetString(), JsonDocument.Parse(StoredLines.Of(same)[0]).RootElement.GetProperty("event_id").GetString());
    }

    private static bool IsUnread(JsonElement json) => json.TryGetProperty("errors", out var errors)
        && errors.EnumerateArray().Any(error => error.GetProperty("where").GetString() is ""
            && error.GetProperty("rule").GetString() is (EventRules.NotJson or EventRules.NotUtf8 or EventRules.Protocol));

    private static byte[] OriginalOf(JsonElement json) => json.GetProperty("original").GetString() is { } text
        ? Encoding.UTF8.GetBytes(text)
        : json.GetProperty("original_base64").GetBytesFromBase64();

    /// <summary>An item with what every event needs, where it is an object: otherwise hardly any were good.</summary>
    private static string Complete(string item) =>
        item.Length > 2 && item[0] == '{' ? """{"tv":"js-4.0.0","p":"web","e":"pv",""" + item[1..] : item;

    private static SourceSet SourcesWith(IEventValidator validator) => new(
        [TestSources.Shop with { Validator = validator }, TestSources.Blog with { Validator = validator }, TestSources.Fixed with { Validator = validator }],
        validator);

    /// <summary>Rules under which no schema is known.</summary>
    private sealed class UnknownSchemas : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors) =>
            (errors ??= []).Add(new EventError(check.Where, EventRules.UnknownSchema, "there is no such schema"));
    }

    /// <summary>Rules under which every document is valid.</summary>
    private sealed class AllSchemas : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
        }
    }
}

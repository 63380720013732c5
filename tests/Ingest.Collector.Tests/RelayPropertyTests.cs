using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>
/// Whatever a client sends: what a receiver takes and relays is, at the primary, what would have arrived there directly. Same
/// lines but for <c>collector.relayed</c>, same identity for deduplication.
/// </summary>
public sealed class RelayPropertyTests : IAsyncLifetime
{
    private static readonly SourceSet Sources = new(
        [TestSources.Shop with { Validator = new SomeSchemas() }, TestSources.Blog with { Validator = new SomeSchemas() }, TestSources.Fixed with { Validator = new SomeSchemas() }],
        new SomeSchemas());

    private static readonly CollectorMark Mark = CollectorMark.Relayed("west", new Instant(0));

    private readonly Lock _lock = new();
    private readonly List<(string Line, UInt128 Id)> _direct = [];
    private readonly List<(string Line, UInt128 Id)> _relayed = [];
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await CollectorHost.StartAsync(sources: Sources);
        _host.Intake.Decide = (name, batch) =>
        {
            lock (_lock)
            {
                Assert.True(Sources.TryGet(name, out var source));
                // First: judging adds to the errors that the protocol found.
                _relayed.AddRange(RelayLines(name, batch).SelectMany(Relay));
                _direct.AddRange(LinesOf(source, batch));
            }

            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored));
        };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Plain_json() => Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
        await _host.PostJsonAsync(body).OkAsync())).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Plain_json_with_names_of_its_own() => Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
        await _host.PostJsonAsync(body, "blog").OkAsync())).QuickCheckThrowOnFailure();

    [Fact]
    public void Items_of_trackers() => Prop.ForAll(RandomRequests.Items().ToArbitrary(), items => Check(async () =>
        await _host.Client.PostAsync(Tracker.Payload([.. items.Select(Complete)])).OkAsync())).QuickCheckThrowOnFailure();

    [Fact]
    public void Items_with_the_query_of_their_request()
    {
        var queries = Gen.Elements("aid=blog", "e=pv&p=web", "unheard-of=1", "eid=" + Tracker.Id(7), "x=%ff", "co=%7B%7D", "dtm=x&cx=%");
        var requests = from query in queries from items in RandomRequests.Items() select (query, items);
        Prop.ForAll(requests.ToArbitrary(), request => Check(async () =>
            await _host.Client.PostAsync(Tracker.Payload([.. request.items.Select(Complete)]), $"{Tracker.Path}?{request.query}").OkAsync()))
            .QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_a_tracker_posted() => Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body => Check(async () =>
    {
        using var content = new ByteArrayContent(body);
        await _host.Client.PostAsync(Tracker.Path, content).OkAsync();
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void Queries_of_pixels() => Prop.ForAll(RandomRequests.Queries().ToArbitrary(), query => Check(async () =>
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"GET /i?tv=1&p=web&e=pv&{query} HTTP/1.1\r\nHost: x\r\nUser-Agent: \"a\\b\r\nReferer: r\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync(), StringComparison.Ordinal);
    })).QuickCheckThrowOnFailure();

    [Fact]
    public void Errors_of_a_request_that_has_too_many_of_them() => Check(async () =>
        // Beyond a thousand errors of a request, its events keep fewer: one event alone would keep more.
        await _host.PostJsonAsync($"[{string.Join(',', Enumerable.Repeat("{\"event_id\":1,\"name\":2,\"occurred_at\":{},\"sent_at\":[],\"schema\":7}", 300))}]").OkAsync());

    private void Check(Func<Task> send)
    {
        lock (_lock)
        {
            _direct.Clear();
            _relayed.Clear();
        }

        // Properties are synchronous; the pool has a thread for what they wait for.
        Task.Run(send).GetAwaiter().GetResult();
        lock (_lock)
        {
            Assert.Equal(string.Join('\n', _direct.Select(found => found.Line)), string.Join('\n', _relayed.Select(found => found.Line)));
            Assert.Equal(_direct.Select(found => found.Id), _relayed.Select(found => found.Id));
        }
    }

    /// <summary>What a receiver's partition stores.</summary>
    private static List<string> RelayLines(string source, EventBatch batch)
    {
        var lines = new List<string>();
        var writer = new LineWriter(RelaySource.Of(source));
        using var buffer = new PooledBuffer(4096);
        foreach (ref readonly var entry in batch.Events)
        {
            buffer.Clear();
            writer.WriteRelayed(buffer, batch, entry, StoredLines.Arrived);
            lines.Add(Encoding.UTF8.GetString(buffer.Written[..^1]));
        }

        return lines;
    }

    /// <summary>What the primary's partition makes of a relay line, much later.</summary>
    private static IEnumerable<(string Line, UInt128 Id)> Relay(string line)
    {
        using var events = new RelayedEventReader(Sources).Read(Encoding.UTF8.GetBytes(line), Mark);
        Assert.Equal(1, events.Count);
        const string mark = ",\"relayed\":{\"region\":\"west\",\"at\":\"1970-01-01T00:00:00.000Z\"}";
        return [.. events.Batches.SelectMany(part => LinesOf(part.Source, part.Batch)).Select(found =>
        {
            Assert.Contains(mark, found.Line, StringComparison.Ordinal);
            return (found.Line.Replace(mark, "", StringComparison.Ordinal), found.Id);
        })];
    }

    private static List<(string Line, UInt128 Id)> LinesOf(Source source, EventBatch batch) =>
        [.. StoredLines.Of(source, batch).Zip(batch.Events.ToArray(), (line, entry) => (line, entry.IdHash))];

    /// <summary>An item with what every event needs, where it is an object: otherwise hardly any were good.</summary>
    private static string Complete(string item) =>
        item.Length > 2 && item[0] == '{' ? """{"tv":"js-4.0.0","p":"web","e":"pv",""" + item[1..] : item;

    /// <summary>Rules by which a document is valid or not by its bytes, so that other bytes would show.</summary>
    private sealed class SomeSchemas : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            var hash = EventId.Hash([1, .. batch[check.Schema], .. batch[check.Instance]]);
            if (hash % 2 == 0)
                (errors ??= []).Add(new EventError(check.Where, EventRules.UnknownSchema, hash.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }
    }
}

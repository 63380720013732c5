using System.Text;
using System.Text.Json;

namespace Ingest.Tracker.Tests;

/// <summary>What goes over the wire, field by field.</summary>
public sealed class ProtocolTests
{
    private static readonly DateTimeOffset OccurredAt = new(2026, 11, 20, 10, 0, 0, 250, TimeSpan.Zero);

    [Fact]
    public async Task Plain_JSON_has_the_fields_of_the_documentation()
    {
        await using var bench = new Bench();
        var tracker = bench.Open();
        tracker.Track("order", """{"total":9.5}"""u8.ToArray(), "iglu:com.acme/order/jsonschema/1-0-0", OccurredAt, Bench.Id(1));
        await Bench.FlushAsync(tracker);

        var post = Assert.Single(bench.Collector.Posts);
        Assert.Equal("http://collector.test/v1/events/shop", post.Address.AbsoluteUri);
        Assert.Equal("Bearer shop-key", post.Authorization);
        var sent = Assert.Single(post.Events);
        Assert.Equal(
            """
            [{"event_id":"ID","name":"order","occurred_at":"2026-11-20T10:00:00.25Z","sent_at":SENT,"schema":"iglu:com.acme/order/jsonschema/1-0-0","data":{"total":9.5}}]
            """.Replace("ID", Bench.Id(1), StringComparison.Ordinal)
                .Replace("SENT", sent.Json.GetProperty("sent_at").GetRawText(), StringComparison.Ordinal),
            Encoding.UTF8.GetString(post.Body));
        Assert.InRange(sent.SentAt, bench.Clock.TrueNow - TimeSpan.FromSeconds(5), bench.Clock.TrueNow);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Snowplow_payload_has_the_fields_of_the_tracker_protocol(bool encodesBase64)
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.Protocol = new SnowplowProtocol("my-app")
        {
            Platform = "srv",
            TrackerNamespace = "main",
            EncodesBase64 = encodesBase64,
        });
        tracker.Track("order", """{"total":9.5,"text":"ü\"?"}"""u8.ToArray(), "iglu:com.acme/order/jsonschema/1-0-0", OccurredAt, Bench.Id(1));
        await Bench.FlushAsync(tracker);

        var post = Assert.Single(bench.Collector.Posts);
        Assert.Equal("http://collector.test/com.snowplowanalytics.snowplow/tp2", post.Address.AbsoluteUri);
        Assert.Null(post.Authorization);
        Assert.Equal(
            "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4",
            JsonElement.Parse(post.Body).GetProperty("schema").GetString());
        var fields = Assert.Single(post.Events).Json.EnumerateObject()
            .ToDictionary(field => field.Name, field => field.Value.GetString()!, StringComparer.Ordinal);
        Assert.Equal(("ue", Bench.Id(1), "my-app", "srv", "main"), (fields["e"], fields["eid"], fields["aid"], fields["p"], fields["tna"]));
        Assert.Equal(TrackerVersion.Text, fields["tv"]);
        Assert.Equal("1795168800250", fields["dtm"]);
        Assert.Equal(9, fields.Count);
        var described = encodesBase64 ? FromBase64(fields["ue_px"]) : fields["ue_pr"];
        Assert.Equal(
            """{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{"schema":"iglu:com.acme/order/jsonschema/1-0-0","data":{"total":9.5,"text":"ü\"?"}}}""",
            described);
    }

    [Fact]
    public async Task Snowplow_needs_schemas_and_UUIDs()
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.Protocol = new SnowplowProtocol("my-app"));
        Assert.Throws<ArgumentException>(() => tracker.Track("order", "{}"u8.ToArray()));
        Assert.Throws<ArgumentException>(() => tracker.Track("order", "{}"u8.ToArray(), "iglu:a/b/jsonschema/1-0-0", eventId: "42"));
    }

    [Fact]
    public async Task A_request_stays_below_the_bound_of_its_protocol_but_for_a_single_large_event()
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.Protocol = new SnowplowProtocol("my-app"));
        int[] sizes = [100, 9_000, 9_000, 9_000, 9_000, 9_000, 100_000, 100];
        bench.Collector.Script = _ => new(503);
        foreach (var (number, bytes) in sizes.Index())
            tracker.Track("order", Bench.Data(number, bytes), "iglu:a/b/jsonschema/1-0-0", eventId: Bench.Id(number));
        bench.Collector.Script = null;
        await Bench.FlushAsync(tracker);

        Assert.Equal(Enumerable.Range(0, sizes.Length).Select(Bench.Id), bench.Collector.Received.Select(received => received.Id));
        Assert.All(bench.Collector.Posts, post => Assert.True(post.Events.Count == 1 || post.Body.Length <= 40_000, $"{post.Body.Length}"));
    }

    [Fact]
    public async Task An_endpoint_may_stand_behind_a_path()
    {
        await using var bench = new Bench();
        var tracker = bench.Open(options => options.Endpoints = [new TrackerEndpoint("https://edge.test/collect")]);
        Bench.Track(tracker, 0, 1);
        await Bench.FlushAsync(tracker);
        Assert.Equal("https://edge.test/collect/v1/events/shop", Assert.Single(bench.Collector.Posts).Address.AbsoluteUri);
    }

    private static string FromBase64(string text)
    {
        var padded = text.Replace('-', '+').Replace('_', '/');
        return Encoding.UTF8.GetString(Convert.FromBase64String(padded.PadRight((padded.Length + 3) / 4 * 4, '=')));
    }
}

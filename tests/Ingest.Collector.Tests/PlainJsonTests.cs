using System.IO.Compression;
using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

public sealed class PlainJsonTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task One_object_is_one_event_with_its_bytes_kept()
    {
        var body = """{"event_id":"e-1", "name":"signup", "occurred_at":"2026-11-21T20:15:03.123Z","sent_at":1795292104, "x":1.50}""";

        var answer = await _host.PostJsonAsync(body).OkAsync();

        Assert.Equal("""{"accepted":1,"quarantined":0,"duplicates":0,"durability":"journal"}""", answer);
        var e = _host.Intake.Single;
        Assert.Equal("shop", e.Source);
        Assert.Equal(body, e.Text);
        Assert.Equal(PayloadKind.Json, e.Kind);
        Assert.Equal("e-1", e.Id);
        Assert.Equal(EventId.Hash("e-1"u8), e.IdHash);
        Assert.Equal("signup", e.Name);
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 20, 15, 3, 123, TimeSpan.Zero).ToUnixTimeMilliseconds(), e.OccurredAt);
        Assert.Equal(1_795_292_104_000, e.SentAt);
        Assert.Empty(e.Errors);
        Assert.Empty(e.Checks);
    }

    [Fact]
    public async Task The_collector_object_says_who_sent_it_and_who_took_it()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/shop");
        request.Content = new StringContent("{}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {TestSources.Key}");
        request.Headers.TryAddWithoutValidation("User-Agent", "agent \"x\"\\");
        request.Headers.TryAddWithoutValidation("Referer", "https://shop.example/a?b=c");
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "203.0.113.7, 10.0.0.1");

        await _host.Client.SendAsync(request).OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("203.0.113.7", e.FromCollector("ip"));
        Assert.Equal("agent \"x\"\\", e.FromCollector("user_agent"));
        Assert.Equal("json", e.FromCollector("protocol"));
        Assert.Equal("node-1", e.FromCollector("node"));
        Assert.Equal("https://shop.example/a?b=c", e.FromCollector("referer"));
        Assert.Null(e.FromCollector("network_id"));
    }

    [Fact]
    public async Task A_missing_id_is_assigned_as_a_version_7_uuid()
    {
        await _host.PostJsonAsync("""{"a":1}""").OkAsync();
        await _host.PostJsonAsync("""{"event_id":null}""").OkAsync();

        Assert.Equal(2, _host.Intake.Events.Count);
        Assert.All(_host.Intake.Events, e =>
        {
            var id = Guid.Parse(e.Id);
            Assert.Equal(7, id.Version);
            Assert.Equal(EventId.Hash(Encoding.ASCII.GetBytes(e.Id)), e.IdHash);
            Assert.Empty(e.Errors);
        });
        Assert.NotEqual(_host.Intake.Events[0].Id, _host.Intake.Events[1].Id);
    }

    [Fact]
    public async Task An_escaped_id_is_the_same_id_and_is_written_in_one_way()
    {
        await _host.PostJsonAsync("""[{"event_id":"a\u0022\u00e9\/\ud83d\ude00"},{"event_id":"a\"é/😀"}]""").OkAsync();

        var events = _host.Intake.Events;
        Assert.Equal("a\"é/😀", events[0].Id);
        Assert.Equal(events[0].IdHash, events[1].IdHash);
        Assert.Equal("a\\\"é/😀", events[0].RawId);
        Assert.Equal(events[0].RawId, events[1].RawId);
        Assert.Equal(EventId.Hash(Encoding.UTF8.GetBytes("a\"é/😀")), events[0].IdHash);
    }

    [Fact]
    public async Task An_escaped_field_name_is_that_field()
    {
        await _host.PostJsonAsync("""{"event\u005fid":"e-1"}""").OkAsync();

        Assert.Equal("e-1", _host.Intake.Single.Id);
    }

    [Fact]
    public async Task Of_a_name_that_stands_twice_the_last_counts_and_both_are_kept()
    {
        var body = """{"event_id":7,"name":"a","event_id":"e-2","name":"b"}""";

        await _host.PostJsonAsync(body).OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("e-2", e.Id);
        Assert.Equal("b", e.Name);
        Assert.Empty(e.Errors);
        Assert.Equal(body, e.Text);
    }

    [Theory]
    [InlineData("""{"event_id":7}""", "/event_id")]
    [InlineData("""{"event_id":""}""", "/event_id")]
    [InlineData("""{"name":["a"]}""", "/name")]
    [InlineData("""{"schema":{}}""", "/schema")]
    [InlineData("""{"occurred_at":"yesterday"}""", "/occurred_at")]
    [InlineData("""{"occurred_at":true}""", "/occurred_at")]
    [InlineData("""{"sent_at":1e300}""", "/sent_at")]
    public async Task A_field_of_wrong_type_sends_the_event_to_the_quarantine(string body, string where)
    {
        var answer = await _host.PostJsonAsync(body).OkAsync();

        Assert.Equal("""{"accepted":0,"quarantined":1,"duplicates":0,"durability":"journal"}""", answer);
        var e = _host.Intake.Single;
        Assert.Equal(where, e.SingleError(EventRules.BadField).Where);
        Assert.NotEmpty(e.Id);
        Assert.Equal(body, e.Text);
        Assert.Equal(PayloadKind.Json, e.Kind);
    }

    [Fact]
    public async Task Every_wrong_field_is_named()
    {
        await _host.PostJsonAsync("""{"event_id":7,"name":1,"occurred_at":"x","sent_at":"y","schema":2}""").OkAsync();

        Assert.Equal(
            ["/event_id", "/name", "/occurred_at", "/schema", "/sent_at"],
            _host.Intake.Single.Errors.Select(e => e.Where).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_source_may_call_its_fields_otherwise()
    {
        await _host.PostJsonAsync(
            """{"id":"b-1","type":"post","at":1795292104123,"$schema":"iglu:com.acme/post/jsonschema/1-0-0","body":{"t":1},"event_id":7}""",
            "blog").OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("b-1", e.Id);
        Assert.Equal("post", e.Name);
        Assert.Equal(1_795_292_104_123, e.OccurredAt);
        Assert.Equal(("iglu:com.acme/post/jsonschema/1-0-0", """{"t":1}""", "/body"), Assert.Single(e.Checks));
        Assert.Empty(e.Errors);
    }

    [Theory]
    [InlineData("""{"schema":"iglu:a/b/jsonschema/1-0-0","data":{"x":1}}""", """{"x":1}""", "/data")]
    [InlineData("""{"schema":"iglu:a\/b\/jsonschema\/1-0-0","data":"text"}""", "\"text\"", "/data")]
    [InlineData("""{"schema":"iglu:a/b/jsonschema/1-0-0","data":[]}""", "[]", "/data")]
    [InlineData("""{"schema":"iglu:a/b/jsonschema/1-0-0","x":1}""", """{"schema":"iglu:a/b/jsonschema/1-0-0","x":1}""", "")]
    public async Task The_data_is_validated_where_there_is_some_else_the_event(string body, string instance, string where)
    {
        await _host.PostJsonAsync(body).OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal(("iglu:a/b/jsonschema/1-0-0", instance, where), Assert.Single(e.Checks));
        Assert.Equal("iglu:a/b/jsonschema/1-0-0", e.Schema);
    }

    [Fact]
    public async Task A_fixed_schema_holds_for_every_event_of_its_source()
    {
        await _host.PostJsonAsync("""[{"order":1},{"order":2,"schema":"iglu:a/b/jsonschema/1-0-0"}]""", "fixed").OkAsync();

        Assert.All(_host.Intake.Events, e =>
        {
            Assert.Equal("iglu:com.acme/order/jsonschema/1-0-0", e.Schema);
            Assert.Equal(("iglu:com.acme/order/jsonschema/1-0-0", e.Text, ""), Assert.Single(e.Checks));
        });
    }

    [Fact]
    public async Task Too_large_an_event_is_kept_whole_and_not_validated()
    {
        var large = $$"""{"event_id":"big","schema":"iglu:a/b/jsonschema/1-0-0","x":"{{new string('x', 10_000)}}"}""";

        var answer = await _host.PostJsonAsync($$"""[{"a":1},{{large}},{"b":2}]""").OkAsync();

        Assert.Equal("""{"accepted":2,"quarantined":1,"duplicates":0,"durability":"journal"}""", answer);
        var e = _host.Intake.Events[1];
        e.SingleError(EventRules.TooLarge);
        Assert.Equal("big", e.Id);
        Assert.Equal(large, e.Text);
        Assert.Empty(e.Checks);
    }

    [Fact]
    public async Task A_pretty_printed_object_is_one_event()
    {
        var pretty = "{\r\n  \"event_id\": \"e-1\",\n  \"x\": [\n    1\n  ]\n}";

        await _host.PostJsonAsync($" {pretty}\n").OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("e-1", e.Id);
        Assert.Equal(pretty, e.Text);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData(null)]
    public async Task Gzip_is_read_by_its_header_or_its_first_bytes(string? encoding)
    {
        var body = """{"event_id":"e-1"}""";

        using var response = await _host.PostJsonAsync(Gzip(body), encoding: encoding);

        Assert.Equal("""{"accepted":1,"quarantined":0,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(body, _host.Intake.Single.Text);
    }

    [Fact]
    public async Task Broken_gzip_is_kept_as_it_came()
    {
        var body = Gzip(new string('x', 1000))[..^12];

        using var response = await _host.PostJsonAsync(body, encoding: "gzip");

        Assert.Equal(200, (int)response.StatusCode);
        var e = _host.Intake.Single;
        Assert.Equal(body, e.Payload);
        Assert.Equal(PayloadKind.Binary, e.Kind);
        Assert.Contains(e.Errors, error => error.Rule == EventRules.NotJson);
    }

    [Fact]
    public async Task A_body_that_is_not_the_gzip_it_says_is_kept_as_it_came()
    {
        using var response = await _host.PostJsonAsync("""{"a":1}"""u8.ToArray(), encoding: "gzip");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("""{"a":1}""", _host.Intake.Single.Text);
        _host.Intake.Single.SingleError(EventRules.NotJson);
    }

    [Fact]
    public async Task An_unknown_encoding_is_kept_as_it_came()
    {
        using var response = await _host.PostJsonAsync("""{"a":1}"""u8.ToArray(), encoding: "br");

        Assert.Equal(200, (int)response.StatusCode);
        var e = _host.Intake.Single;
        Assert.Equal(PayloadKind.Text, e.Kind);
        Assert.Contains("Content-Encoding", e.SingleError(EventRules.NotJson).Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  \r\n ")]
    [InlineData("[]")]
    [InlineData(" [ ] ")]
    public async Task No_event_is_no_error(string body)
    {
        Assert.Equal("""{"accepted":0,"quarantined":0,"duplicates":0,"durability":"journal"}""", await _host.PostJsonAsync(body).OkAsync());
        Assert.Empty(_host.Intake.Batches);
    }

    private static byte[] Gzip(string text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }
}

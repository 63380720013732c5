using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Bytes that no well-behaved client sends.</summary>
public sealed class PlainJsonBytesTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task An_event_that_is_not_utf8_is_kept_as_bytes_and_its_neighbours_are_taken()
    {
        byte[] bad = [.. "{\"x\":\""u8, 0xff, 0xc0, .. "\"}"u8];
        byte[] body = [.. "[{\"a\":1},"u8, .. bad, .. ",{\"b\":\"ü\"}]"u8];

        using var response = await _host.PostJsonAsync(body);

        Assert.Equal("""{"accepted":2,"quarantined":1,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
        var e = _host.Intake.Events[1];
        Assert.Equal(bad, e.Payload);
        Assert.Equal(PayloadKind.Binary, e.Kind);
        Assert.Equal([EventRules.NotUtf8, EventRules.NotJson], e.Errors.Select(error => error.Rule));
    }

    [Fact]
    public async Task Control_characters_in_a_string_are_not_json_and_are_kept_as_text()
    {
        byte[] bad = [.. "{\"x\":\"a"u8, 0, 1, .. "b\"}"u8];

        using var response = await _host.PostJsonAsync([.. "{\"a\":1}\n"u8, .. bad, (byte)'\n']);

        Assert.Equal("""{"accepted":1,"quarantined":1,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
        var e = _host.Intake.Events[1];
        Assert.Equal(bad, e.Payload);
        Assert.Equal(PayloadKind.Text, e.Kind);
        e.SingleError(EventRules.NotJson);
    }

    [Fact]
    public async Task An_escaped_nul_in_an_id_is_part_of_it()
    {
        await _host.PostJsonAsync("""{"event_id":"a\u0000b","name":"\u0007"}""").OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("a\0b", e.Id);
        Assert.Equal("a\\u0000b", e.RawId);
        Assert.Equal(EventId.Hash("a\0b"u8), e.IdHash);
        Assert.Empty(e.Errors);
    }

    [Theory]
    [InlineData("""{"t":"cut \ud83d"}""")]
    [InlineData("""{"\ud83d":1}""")]
    [InlineData("""{"a":[{"b\udc00c":["\u00e9"]}]}""")]
    [InlineData("""{"t":"\uD83D\uD83D\uDE00"}""")]
    [InlineData("""{"event_id":"\ud83d"}""")]
    public async Task Half_a_surrogate_pair_sends_the_event_to_the_quarantine(string payload)
    {
        await _host.PostJsonAsync($$"""[{"t":"\ud83d\ude00 \\ud83d"},{{payload}}]""").OkAsync();

        Assert.Empty(_host.Intake.Events[0].Errors);
        var e = _host.Intake.Events[1];
        Assert.Equal(payload, e.Text);
        Assert.All(e.Errors, error => Assert.Equal(EventRules.BadField, error.Rule));
        Assert.Contains(e.Errors, error => error.Found.Contains("half a surrogate pair", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deep_nesting_is_kept_as_text()
    {
        var deep = $$"""{"x":{{new string('[', 63)}}{{new string(']', 63)}}}""";

        var answer = await _host.PostJsonAsync($$"""[{"a":1},{{deep}},{"b":2}]""").OkAsync();

        Assert.Equal("""{"accepted":2,"quarantined":1,"duplicates":0,"durability":"journal"}""", answer);
        Assert.Equal(PayloadKind.Text, _host.Intake.Events[1].Kind);
        Assert.Equal(deep, _host.Intake.Events[1].Text);
        Assert.Contains("63 levels", _host.Intake.Events[1].SingleError(EventRules.NotJson).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_many_levels_are_taken_as_a_line_of_the_lake_may_have()
    {
        await _host.PostJsonAsync($$"""{"x":{{new string('[', 62)}}{{new string(']', 62)}}}""").OkAsync();

        Assert.Empty(_host.Intake.Single.Errors);
        // With the defaults of a common reader.
        using var line = JsonDocument.Parse($$"""{"payload":{{_host.Intake.Single.Text}}}""");
    }

    [Fact]
    public async Task A_long_head_field_is_not_doubled_into_the_head()
    {
        var name = new string('n', 1025);

        await _host.PostJsonAsync($$"""{"name":"{{name}}","event_id":"{{new string('i', 1024)}}"}""").OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("/name", e.SingleError(EventRules.BadField).Where);
        Assert.Equal("", e.Name);
        Assert.Equal(1024, e.Id.Length);
    }

    [Fact]
    public async Task A_user_agent_in_latin_1_or_utf8_is_taken()
    {
        foreach (var agent in (byte[][])[[.. "caf"u8, 0xe9], [.. "café"u8]])
        {
            using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
            await raw.SendAsync($"POST /v1/events/shop HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestSources.Key}\r\nContent-Length: 2\r\nUser-Agent: ");
            await raw.SendAsync(agent);
            await raw.SendAsync("\r\n\r\n{}");
            Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(["café", "café"], _host.Intake.Events.Select(e => e.FromCollector("user_agent")));
    }

    [Fact]
    public async Task Long_header_values_are_cut()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/shop");
        request.Content = new StringContent("{}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {TestSources.Key}");
        request.Headers.TryAddWithoutValidation("User-Agent", new string('u', 5000));

        await _host.Client.SendAsync(request).OkAsync();

        Assert.Equal(1024, _host.Intake.Single.FromCollector("user_agent")!.Length);
    }

    [Fact]
    public async Task A_body_in_many_small_chunks_is_one_body()
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"POST /v1/events/shop HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestSources.Key}\r\nTransfer-Encoding: chunked\r\n\r\n");
        foreach (var c in """[{"event_id":"1"},{"event_id":"2"}]""")
            await raw.SendAsync($"1\r\n{c}\r\n");
        await raw.SendAsync("0\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal(["1", "2"], _host.Intake.Events.Select(e => e.Id));
    }

    [Fact]
    public async Task A_client_that_asks_before_it_sends_is_let_in()
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"POST /v1/events/shop HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestSources.Key}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100", await raw.ReadHeadAsync(), StringComparison.Ordinal);

        await raw.SendAsync("{}");

        Assert.StartsWith("HTTP/1.1 200", await raw.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chunk_that_is_none_is_answered_400()
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"POST /v1/events/shop HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TestSources.Key}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[]\r\nzz\r\n");

        var head = await raw.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 400", head, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", head, StringComparison.Ordinal);
        Assert.Empty(_host.Intake.Batches);
    }

    [Fact]
    public async Task A_large_body_is_read_whole()
    {
        var events = string.Join(",\n", Enumerable.Range(0, 5000).Select(i => $$"""{"event_id":"{{i}}","x":"{{new string('x', 300)}}"}"""));

        var answer = await _host.PostJsonAsync(Encoding.UTF8.GetBytes($"[{events}]")).OkAsync();

        Assert.Equal("""{"accepted":5000,"quarantined":0,"duplicates":0,"durability":"journal"}""", answer);
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"{i}"), _host.Intake.Events.Select(e => e.Id));
    }
}

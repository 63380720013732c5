using Ingest.Engine;

namespace Ingest.Collector.Tests;

public sealed class SnowplowGetTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/i")]
    [InlineData("/ice.png")]
    [InlineData(Tracker.Path)]
    [InlineData("/com.shop/track")]
    public async Task A_get_stores_the_event_of_its_query_and_answers_the_pixel(string path)
    {
        using var response = await _host.Client.GetAsync($"{path}?e=pv&p=web&tv=no-js-0.1.0&aid=shop-web&url=http%3A%2F%2Fa.b%2F%3Fq%3D%C3%BC&page=A+B&eid={Tracker.Id(1)}");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("image/gif", response.Content.Headers.ContentType!.MediaType);
        var caching = response.Headers.CacheControl!;
        Assert.True(caching is { NoCache: true, NoStore: true, MustRevalidate: true });
        var pixel = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(43, pixel.Length);
        Assert.Equal("GIF89a"u8.ToArray(), pixel[..6]);
        Assert.Equal(0x3b, pixel[^1]);
        var e = _host.Intake.Single;
        Assert.Equal($$"""{"e":"pv","p":"web","tv":"no-js-0.1.0","aid":"shop-web","url":"http://a.b/?q=ü","page":"A B","eid":"{{Tracker.Id(1)}}"}""", e.Text);
        Assert.Equal(PayloadKind.Json, e.Kind);
        Assert.Empty(e.Errors);
        Assert.Equal("page_view", e.Name);
        Assert.Equal(Tracker.Id(1), e.Id);
        Assert.Equal("snowplow-get", e.FromCollector("protocol"));
    }

    [Fact]
    public async Task A_head_stores_the_event_and_answers_the_pixels_headers()
    {
        using var response = await _host.Client.SendAsync(HttpMethod.Head, "/i?e=pv&p=web&tv=1");

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("image/gif", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(43, response.Content.Headers.ContentLength);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Empty(_host.Intake.Single.Errors);
    }

    [Fact]
    public async Task A_query_without_what_an_event_needs_goes_to_the_quarantine()
    {
        await _host.Client.GetAsync("/i").OkAsync();
        await _host.Client.GetAsync("/i?e=zz&p=web&tv=1&dtm=x").OkAsync();

        Assert.Equal("{}", _host.Intake.Events[0].Text);
        Assert.Equal(["/tv", "/p", "/e"], _host.Intake.Events[0].Errors.Select(e => e.Where));
        Assert.Equal(["/dtm", "/e"], _host.Intake.Events[1].Errors.Select(e => e.Where));
    }

    [Theory]
    [InlineData("e=pv&p=web&tv=%zz%4&page=%", """{"e":"pv","p":"web","tv":"%zz%4","page":"%"}""")]
    [InlineData("&&e=pv&p=web&tv=a=b&flag&=x&", """{"e":"pv","p":"web","tv":"a=b","flag":"","":"x"}""")]
    [InlineData("?e=x&e=pv&p=web&tv=1", """{"?e":"x","e":"pv","p":"web","tv":"1"}""")]
    [InlineData("e=pp&p=web&tv=1&e=pv", """{"e":"pp","p":"web","tv":"1","e":"pv"}""")]
    [InlineData("e=pv&p=web&tv=1&page=%22%5C%0A%00%1f", """{"e":"pv","p":"web","tv":"1","page":"\"\\\n\u0000\u001f"}""")]
    public async Task Odd_queries_are_read_as_far_as_they_go(string query, string payload)
    {
        await _host.Client.GetAsync(new Uri($"{_host.Client.BaseAddress}i?{query}")).OkAsync();

        Assert.Equal(payload, _host.Intake.Single.Text);
        Assert.Equal("page_view", _host.Intake.Single.Name);
        Assert.Empty(_host.Intake.Single.Errors);
    }

    [Fact]
    public async Task A_query_that_is_not_utf8_is_kept_as_sent()
    {
        await _host.Client.GetAsync("/i?e=pv&page=%e9t%e9").OkAsync();

        _host.Intake.Single.SingleError(EventRules.NotUtf8);
        Assert.Equal("e=pv&page=%e9t%e9", _host.Intake.Single.Text);
        Assert.Equal(PayloadKind.Text, _host.Intake.Single.Kind);
    }

    [Fact]
    public async Task Contexts_in_a_query_are_noted_for_validation()
    {
        var document = Tracker.Contexts(Tracker.SelfDescribing("iglu:com.acme/page/jsonschema/1-0-0", """{"a":1}"""));

        await _host.Client.GetAsync($"/i?e=pv&p=web&tv=1&cx={Tracker.Base64(document)}&co={Uri.EscapeDataString(document)}").OkAsync();

        var e = _host.Intake.Single;
        Assert.Empty(e.Errors);
        Assert.Equal(["/co/data/0/data", "/cx/data/0/data"], e.Checks.Select(c => c.Where));
        Assert.All(e.Checks, c => Assert.Equal("""{"a":1}""", c.Instance));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task A_body_beside_the_event_is_kept(string method)
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"{method} /i?e=pv&p=web&tv=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{{\"e\":\"pp\"");

        Assert.StartsWith("HTTP/1.1 200", await raw.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Equal(["""{"e":"pv","p":"web","tv":"1"}""", "{\"e\":\"pp\""], _host.Intake.Events.Select(e => e.Text));
        // By this a replay knows that it is no query.
        Assert.NotNull(LonePart.ReasonIn([_host.Intake.Events[1].SingleError(EventRules.Protocol)]));
    }
}

namespace Ingest.Collector.Tests;

public sealed class NetworkIdTests : IAsyncLifetime
{
    private const string Known = "6f2c1d1e-9a77-4a53-8a6e-0d1c2b3a4f5e";

    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_new_visitor_gets_a_random_id_for_a_year()
    {
        using var response = await _host.Client.GetAsync("/i?e=pv&p=web&tv=1");

        var id = _host.Intake.Single.FromCollector("network_id")!;
        Assert.Equal(4, Guid.Parse(id).Version);
        var cookie = Parts(response);
        Assert.Equal($"sp={id}", cookie[0]);
        Assert.StartsWith("Expires=", cookie[1], StringComparison.Ordinal);
        var expires = DateTimeOffset.Parse(cookie[1]["Expires=".Length..], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(expires - DateTimeOffset.UtcNow, TimeSpan.FromDays(364), TimeSpan.FromDays(366));
        Assert.Equal(["Path=/", "SameSite=None", "Secure", "HttpOnly"], cookie[2..]);
    }

    [Fact]
    public async Task A_known_visitor_keeps_the_id()
    {
        using var response = await _host.Client.PostAsync(
            Tracker.Payload(Tracker.Item()), Tracker.Path, ("Cookie", $"a=b; sp={Known}; c=d"));

        Assert.Equal(Known, _host.Intake.Single.FromCollector("network_id"));
        Assert.Equal($"sp={Known}", Parts(response)[0]);
    }

    [Fact]
    public async Task The_query_decides_before_the_cookie()
    {
        using var response = await _host.Client.PostAsync(
            Tracker.Payload(Tracker.Item(("nuid", "from-the-event"))), Tracker.Path + "?nuid=from-the-query", ("Cookie", $"sp={Known}"));

        Assert.Equal("from-the-query", _host.Intake.Single.FromCollector("network_id"));
        Assert.Equal("sp=from-the-query", Parts(response)[0]);
    }

    [Fact]
    public async Task A_nuid_of_the_event_alone_is_not_the_network_id()
    {
        await _host.Client.PostAsync(
            Tracker.Payload(Tracker.Item(("nuid", "from-the-event"))), Tracker.Path, ("Cookie", $"sp={Known}")).OkAsync();

        Assert.Equal(Known, _host.Intake.Single.FromCollector("network_id"));
    }

    [Theory]
    [InlineData("x%3B%20Domain=evil")]
    [InlineData("%0d%0aSet-Cookie:a")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task An_id_that_is_none_is_replaced(string nuid)
    {
        using var response = await _host.Client.GetAsync($"/i?e=pv&p=web&tv=1&nuid={nuid}");

        Assert.True(Guid.TryParse(_host.Intake.Single.FromCollector("network_id"), out var id));
        Assert.Equal($"sp={id}", Parts(response)[0]);
        Assert.Equal(6, Parts(response).Length);
    }

    [Fact]
    public async Task An_anonymous_request_leaves_no_trace_of_who_sent_it()
    {
        using var response = await _host.Client.PostAsync(
            Tracker.Payload(Tracker.Item()), Tracker.Path + $"?nuid={Known}", ("SP-Anonymous", "*"), ("X-Forwarded-For", "203.0.113.9"));

        var e = _host.Intake.Single;
        Assert.Equal("00000000-0000-0000-0000-000000000000", e.FromCollector("network_id"));
        Assert.Equal("unknown", e.FromCollector("ip"));
        Assert.DoesNotContain("203.0.113.9", e.Collector.GetRawText(), StringComparison.Ordinal);
        Assert.Null(response.Header("Set-Cookie"));
    }

    [Fact]
    public async Task An_anonymous_request_expires_the_cookie_that_is_there()
    {
        using var response = await _host.Client.GetAnonymousAsync("/i?e=pv&p=web&tv=1", ("Cookie", $"sp={Known}"));

        Assert.Equal("00000000-0000-0000-0000-000000000000", _host.Intake.Single.FromCollector("network_id"));
        var cookie = Parts(response);
        Assert.Equal("sp=", cookie[0]);
        Assert.Equal("Expires=Thu, 01 Jan 1970 00:00:00 GMT", cookie[1]);
    }

    [Theory]
    [InlineData("https://shop.example.com", "Domain=example.com")]
    [InlineData("https://example.com:8443", "Domain=example.com")]
    [InlineData("https://myexample.com", "Domain=fallback.example")]
    [InlineData("https://a.other.example", "Domain=other.example")]
    [InlineData("null", "Domain=fallback.example")]
    [InlineData(null, "Domain=fallback.example")]
    public async Task The_cookies_domain_follows_the_origin(string? origin, string domain)
    {
        await using var host = await CollectorHost.StartAsync(new CollectorSettings
        {
            Cookie = new CookieSettings { Name = "nid", Domains = ["example.com", "other.example"], FallbackDomain = "fallback.example" },
        });

        using var response = origin is null
            ? await host.Client.GetAsync("/i?e=pv&p=web&tv=1")
            : await host.Client.SendAsync(HttpMethod.Get, "/i?e=pv&p=web&tv=1", ("Origin", origin));

        Assert.StartsWith("nid=", Parts(response)[0], StringComparison.Ordinal);
        Assert.Equal(domain, Parts(response)[3]);
    }

    [Fact]
    public async Task No_cookie_is_set_where_that_is_switched_off()
    {
        await using var host = await CollectorHost.StartAsync(new CollectorSettings { Cookie = new CookieSettings { Enabled = false } });

        using var response = await host.Client.SendAsync(HttpMethod.Get, "/i?e=pv&p=web&tv=1", ("Cookie", $"sp={Known}"));

        Assert.Null(response.Header("Set-Cookie"));
        Assert.Equal(Known, host.Intake.Single.FromCollector("network_id"));
    }

    [Theory]
    [InlineData("dnt=1", false)]
    [InlineData("dnt=yes", false)]
    [InlineData("dnt=no", true)]
    [InlineData("dnt=11", true)]
    [InlineData("other=1", true)]
    public async Task Do_not_track_is_answered_as_ever_and_not_stored(string cookie, bool isStored)
    {
        await using var host = await CollectorHost.StartAsync(new CollectorSettings
        {
            DoNotTrack = new DoNotTrackSettings("dnt", new System.Text.RegularExpressions.Regex("^(?:1|yes)$")),
        });

        using var get = await host.Client.SendAsync(HttpMethod.Get, "/i?e=pv&p=web&tv=1", ("Cookie", cookie));
        using var post = await host.Client.PostAsync(Tracker.Payload(Tracker.Item()), Tracker.Path, ("Cookie", cookie));

        Assert.Equal(200, (int)get.StatusCode);
        Assert.Equal(43, (await get.Content.ReadAsByteArrayAsync()).Length);
        Assert.Equal("ok", await post.Content.ReadAsStringAsync());
        Assert.Equal(isStored ? 2 : 0, host.Intake.Events.Count);
        Assert.Equal(isStored, get.Header("Set-Cookie") is not null);
        Assert.Equal(isStored, post.Header("Set-Cookie") is not null);
        Assert.Equal(isStored ? 0 : 2, host.App.Counters.RequestsOf(Answer.NotTracked));
    }

    private static string[] Parts(HttpResponseMessage response) => response.Header("Set-Cookie")!.Split("; ");
}

internal static class AnonymousRequests
{
    public static Task<HttpResponseMessage> GetAnonymousAsync(this HttpClient client, string path, (string, string) header) =>
        client.SendAsync(HttpMethod.Get, path, ("SP-Anonymous", "*"), header);
}

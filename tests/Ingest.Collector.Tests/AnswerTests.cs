using System.Globalization;
using System.Diagnostics.Metrics;
using System.Net;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector.Tests;

/// <summary>Which status comes when, and that browsers may read every one.</summary>
public sealed class AnswerTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void The_table_uses_no_status_that_makes_clients_drop_what_could_be_stored()
    {
        var statuses = Enum.GetValues<Answer>().ToDictionary(answer => answer, answer => Answers.Of(answer).Status);

        Assert.DoesNotContain(429, statuses.Values);
        Assert.Equal([Answer.Overloaded, Answer.Unavailable], statuses.Where(s => s.Value == 503).Select(s => s.Key));
        Assert.All(Enum.GetValues<Answer>(), answer => Assert.Equal(statuses[answer] == 503, Answers.Of(answer).RetryAfter));
        Assert.Equal(Answers.Count, Enum.GetValues<Answer>().Select(answer => Answers.Of(answer).Code).Distinct(StringComparer.Ordinal).Count());
        Assert.All(Enum.GetValues<Answer>(), answer => Assert.Equal(statuses[answer] is 200 or 499, Answers.Of(answer).Body.IsEmpty));
    }

    [Theory]
    [InlineData("GET", "/", 404, "unknown_route")]
    [InlineData("POST", "/", 404, "unknown_route")]
    [InlineData("POST", "/com.other/track", 404, "unknown_route")]
    [InlineData("GET", "/r/tp2", 404, "unknown_route")]
    [InlineData("GET", "/crossdomain.xml", 404, "unknown_route")]
    [InlineData("POST", "/v1/events", 404, "unknown_route")]
    [InlineData("POST", "/v1/events/", 404, "unknown_source")]
    [InlineData("POST", "/v1/events/nobody", 404, "unknown_source")]
    [InlineData("POST", "/v1/events/shop/more", 404, "unknown_source")]
    [InlineData("POST", "/v1/events/shop", 401, "unauthorized")]
    [InlineData("GET", "/v1/events/shop", 405, "wrong_method")]
    [InlineData("PUT", "/com.snowplowanalytics.snowplow/tp2", 405, "wrong_method")]
    [InlineData("POST", "/i", 405, "wrong_method")]
    [InlineData("POST", "/health", 405, "wrong_method")]
    public async Task Refusals_say_why_and_browsers_may_read_them(string method, string path, int status, string code)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Origin", "https://shop.example");
        if (method != "GET")
            request.Content = new StringContent("""{"a":1}""");

        using var response = await _host.Client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Http.AssertCors(response, "https://shop.example");
        Assert.Contains($"\"error\":\"{code}\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(status == 405, response.Content.Headers.Allow.Count > 0);
        Assert.Empty(_host.Intake.Batches);
        Assert.Equal(1, Enum.GetValues<Answer>().Where(a => Answers.Of(a).Code == code).Sum(_host.App.Counters.RequestsOf));
    }

    [Theory]
    [InlineData("Bearer shop-write-key", true)]
    [InlineData("Bearer second-write-key", true)]
    [InlineData("bearer shop-write-key", true)]
    [InlineData("Basic c2hvcC13cml0ZS1rZXk6", true)]
    [InlineData("Basic c2hvcC13cml0ZS1rZXk6cGFzcw==", true)]
    [InlineData("Basic c2hvcC13cml0ZS1rZXk=", true)]
    [InlineData("Bearer shop-write-ke", false)]
    [InlineData("Bearer shop-write-keyy", false)]
    [InlineData("Bearer blog-write-key", false)]
    [InlineData("Bearer ", false)]
    [InlineData("shop-write-key", false)]
    [InlineData("Basic !!!", false)]
    [InlineData("Basic", false)]
    [InlineData("Digest x", false)]
    public async Task A_write_key_of_the_source_lets_in(string authorization, bool isLetIn)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/events/shop");
        request.Content = new StringContent("{}");
        request.Headers.TryAddWithoutValidation("Authorization", authorization);

        using var response = await _host.Client.SendAsync(request);

        Assert.Equal(isLetIn ? 200 : 401, (int)response.StatusCode);
        Assert.Equal(isLetIn ? 1 : 0, _host.Intake.Events.Count);
    }

    [Fact]
    public async Task A_connection_that_was_let_in_shows_its_key_with_every_request()
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        Assert.Equal(200, await SendAsync("Bearer shop-write-key"));
        Assert.Equal(200, await SendAsync("Bearer shop-write-key"));
        Assert.Equal(401, await SendAsync("Bearer blog-write-key"));
        Assert.Equal(401, await SendAsync("Bearer blog-write-key"));
        Assert.Equal(401, await SendAsync("Bearer shop-write-key", "blog"));
        Assert.Equal(200, await SendAsync("Bearer shop-write-key"));

        // The same header again, after the key was taken away.
        var shut = TestSources.Shop with { WriteKeys = new WriteKeys(["second-write-key"]) };
        _host.Catalogue.Replace(new SourceSet([shut, TestSources.Blog], shut.Validator));
        Assert.Equal(401, await SendAsync("Bearer shop-write-key"));

        async Task<int> SendAsync(string authorization, string source = "shop")
        {
            await raw.SendAsync($"POST /v1/events/{source} HTTP/1.1\r\nHost: x\r\nAuthorization: {authorization}\r\nContent-Length: 2\r\n\r\n[]");
            var head = await raw.ReadHeadAsync();
            await raw.SkipAsync(int.Parse(head.Split("Content-Length: ")[1].Split('\r')[0], CultureInfo.InvariantCulture));
            return int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        }
    }

    [Fact]
    public async Task A_source_without_keys_takes_no_plain_json()
    {
        var open = TestSources.Shop with { WriteKeys = WriteKeys.None };
        await using var host = await CollectorHost.StartAsync(sources: new SourceSet([open], open.Validator));

        await host.PostJsonAsync("{}").StatusAsync(401);
    }

    [Theory]
    [InlineData("/com.snowplowanalytics.snowplow/tp2", "Content-Type, SP-Anonymous")]
    [InlineData("/anything", "Content-Type, SP-Anonymous")]
    [InlineData("/v1/events/shop", "Authorization, Content-Type, Content-Encoding")]
    public async Task Preflight_is_answered_on_every_path(string path, string allowed)
    {
        using var response = await _host.Client.SendAsync(
            HttpMethod.Options, path, ("Origin", "https://shop.example"), ("Access-Control-Request-Method", "POST"));

        Assert.Equal(200, (int)response.StatusCode);
        Http.AssertCors(response, "https://shop.example");
        Assert.Equal(allowed, response.Header("Access-Control-Allow-Headers"));
        Assert.Equal("3600", response.Header("Access-Control-Max-Age"));
        Assert.Null(response.Header("Access-Control-Allow-Methods"));
        Assert.Equal(0, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData(null, "*")]
    [InlineData("null", "null")]
    [InlineData("https://a.example:8443", "https://a.example:8443")]
    [InlineData("https://a.example\tb", "*")]
    public async Task The_origin_is_echoed_where_there_is_one(string? origin, string allowed)
    {
        using var response = origin is null
            ? await _host.Client.GetAsync("/i?e=pv&p=web&tv=1")
            : await _host.Client.SendAsync(HttpMethod.Get, "/i?e=pv&p=web&tv=1", ("Origin", origin));

        Http.AssertCors(response, allowed);
    }

    [Fact]
    public async Task Nothing_can_be_stored_503()
    {
        _host.Intake.Decide = (_, _) => ValueTask.FromResult(IntakeResult.Unavailable("the disk is full"));

        using var json = await _host.PostJsonAsync("{}"u8.ToArray());
        using var post = await _host.Client.PostAsync(Tracker.Payload(Tracker.Item()));
        using var get = await _host.Client.GetAsync("/i?e=pv&p=web&tv=1");

        Assert.All((HttpResponseMessage[])[json, post, get], response =>
        {
            Assert.Equal(503, (int)response.StatusCode);
            Http.AssertCors(response, "*");
            Assert.InRange(int.Parse(response.Header("Retry-After")!, System.Globalization.CultureInfo.InvariantCulture), 2, 8);
            Assert.Null(response.Header("Set-Cookie"));
        });
        Assert.Equal(3, _host.App.Counters.RequestsOf(Answer.Unavailable));
    }

    [Fact]
    public async Task A_fault_of_ours_is_500_and_the_next_request_works()
    {
        _host.Intake.Decide = (_, _) => throw new InvalidOperationException("a bug");
        using (var response = await _host.PostJsonAsync("{}"u8.ToArray()))
        {
            Assert.Equal(500, (int)response.StatusCode);
            Http.AssertCors(response, "*");
        }

        _host.Intake.Decide = null;
        await _host.PostJsonAsync("{}").OkAsync();
        Assert.Equal(1, _host.App.Counters.RequestsOf(Answer.Failed));
        Assert.Equal(0, _host.App.Gate.Bytes);
        Assert.Equal(0, _host.App.Gate.Requests);
    }

    [Fact]
    public async Task Health_is_liveness_and_readiness_is_storage()
    {
        Assert.Equal("ok", await _host.Client.GetStringAsync("/health"));
        Assert.Equal("ok", await _host.Client.GetStringAsync("/ready"));
        Assert.Equal("ok", await _host.Client.GetStringAsync("/sink-health"));

        _host.SetUnavailable("the disk is full");

        Assert.Equal("ok", await _host.Client.GetStringAsync("/health"));
        foreach (var path in (string[])["/ready", "/sink-health"])
        {
            using var response = await _host.Client.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("the disk is full", await response.Content.ReadAsStringAsync());
            Assert.NotNull(response.Header("Retry-After"));
        }
        // Only a try finds out that storage is back.
        await _host.PostJsonAsync("{}").OkAsync();
    }

    [Fact]
    public async Task Robots_are_sent_away()
    {
        Assert.Equal("User-agent: *\nDisallow: /\n", await _host.Client.GetStringAsync("/robots.txt"));
    }

    [Fact]
    public async Task Other_paths_can_be_served_beside_the_collector()
    {
        RequestDelegate page = context => context.Response.WriteAsync("fine");
        await using var host = await CollectorHost.StartAsync(pages: path => path == "/admin/status" ? page : null);

        using var response = await host.Client.GetAsync("/admin/status");

        Assert.Equal("fine", await response.Content.ReadAsStringAsync());
        Assert.Null(response.Header("Access-Control-Allow-Origin"));
        await host.PostJsonAsync("{}").OkAsync();
    }

    [Fact]
    public async Task Counts_are_those_of_the_intake()
    {
        _host.Intake.Decide = (_, _) => ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored, 3, 2, 1));

        Assert.Equal("""{"accepted":3,"quarantined":2,"duplicates":1,"durability":"journal"}""", await _host.PostJsonAsync("{}").OkAsync());

        Assert.Equal((3, 2, 1), (_host.App.Counters.Accepted, _host.App.Counters.Quarantined, _host.App.Counters.Duplicates));
        Assert.Equal(2, _host.App.Counters.BodyBytes);
        Assert.Equal(1, _host.App.Counters.RequestsOf(Answer.Stored));
    }

    [Fact]
    public async Task The_receipt_says_that_events_are_in_the_spill()
    {
        _host.Intake.Decide = (_, _) => ValueTask.FromResult(
            new IntakeResult(IntakeOutcome.Stored, Accepted: 3, Durability: Durability.Spill));

        Assert.Equal("""{"accepted":3,"quarantined":0,"duplicates":0,"durability":"spill"}""", await _host.PostJsonAsync("{}").OkAsync());

        // Whether they are valid, and new, is found out when they reach the journal.
        Assert.Equal((0, 3), (_host.App.Counters.Accepted, _host.App.Counters.Spilled));
    }

    [Fact]
    public async Task The_answer_waits_until_the_events_are_stored()
    {
        var stored = new TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var offered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _host.Intake.Decide = (_, _) =>
        {
            offered.SetResult();
            return new ValueTask<IntakeResult>(stored.Task);
        };

        var answer = _host.PostJsonAsync("{}");
        await offered.Task.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.False(answer.IsCompleted);
        Assert.Equal(1, _host.App.Gate.Requests);

        stored.SetResult(new IntakeResult(IntakeOutcome.Stored, 1));
        await answer.OkAsync();
    }

    [Fact]
    public async Task What_goes_wrong_with_every_request_is_logged_once_and_counted_always()
    {
        var log = new LogLines<CollectorApp>();
        await using var host = await CollectorHost.StartAsync(logger: log);
        host.Intake.Decide = (_, _) => ValueTask.FromResult(IntakeResult.Unavailable("the disk is full"));

        for (var i = 0; i < 3; i++)
            await host.PostJsonAsync("{}").StatusAsync(503);

        Assert.Contains("the disk is full", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Equal(3, host.App.Counters.RequestsOf(Answer.Unavailable));
    }

    [Fact]
    public async Task Instruments_tell_requests_by_answer_and_events_by_outcome()
    {
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);
        await using var host = await CollectorHost.StartAsync();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, host.App.Counters.Meter))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            seen[$"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}".TrimEnd()] = value);
        listener.Start();
        await host.PostJsonAsync("""[{},{"name":7}]""").OkAsync();
        await host.PostJsonAsync("{}", "nobody").StatusAsync(404);

        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["ingest.collector.requests stored"]);
        Assert.Equal(1, seen["ingest.collector.requests unknown_source"]);
        Assert.Equal(0, seen["ingest.collector.requests failed"]);
        Assert.Equal(1, seen["ingest.collector.events accepted"]);
        Assert.Equal(1, seen["ingest.collector.events quarantined"]);
        Assert.Equal(0, seen["ingest.collector.events duplicate"]);
        Assert.Equal(17, seen["ingest.collector.body"]);
    }
}

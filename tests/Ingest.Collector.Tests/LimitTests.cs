using System.IO.Compression;
using System.Net;
using System.Text;
using Ingest.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Ingest.Collector.Tests;

/// <summary>What is bounded is bounded, and who runs into it learns so.</summary>
public sealed class LimitTests
{
    private const int Cap = 100_000;

    private static readonly CollectorLimits Small = new()
    {
        BodyBytesMax = Cap,
        DecompressedBytesMax = 3 * Cap,
        DrainBytesMax = 10 * Cap,
        BytesInFlightMax = 50 * Cap,
        EventsMax = 1000,
    };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_over_the_cap_is_413_and_the_answer_reaches_the_client(bool isChunked)
    {
        await using var host = await StartAsync(Small);
        foreach (var path in (string[])[Tracker.Path, "/v1/events/shop"])
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {TestSources.Key}");
            request.Headers.TryAddWithoutValidation("Origin", "https://shop.example");
            request.Headers.TransferEncodingChunked = isChunked ? true : null;
            request.Content = new ByteArrayContent(new byte[5 * Cap]);

            using var response = await host.Client.SendAsync(request);

            Assert.Equal(413, (int)response.StatusCode);
            Http.AssertCors(response, "https://shop.example");
        }
        Assert.Empty(host.Intake.Batches);
        Assert.Equal(0, host.App.Gate.Bytes);
        Assert.Equal(2, host.App.Counters.RequestsOf(Answer.TooLarge));
    }

    [Fact]
    public async Task A_client_that_writes_all_before_it_reads_gets_its_413_and_keeps_its_connection()
    {
        await using var host = await StartAsync(Small);
        using var raw = await RawHttp.ConnectAsync(host.Endpoint);
        await raw.SendAsync($"POST {Tracker.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: {9 * Cap}\r\n\r\n");
        await raw.SendAsync(new byte[9 * Cap]);

        var head = await raw.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 413", head, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_client_that_asks_before_it_sends_is_told_at_once()
    {
        await using var host = await StartAsync(Small);
        using var raw = await RawHttp.ConnectAsync(host.Endpoint);
        await raw.SendAsync($"POST {Tracker.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: {5 * Cap}\r\nExpect: 100-continue\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 413", await raw.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_is_worth_draining_is_cut_off()
    {
        await using var host = await StartAsync(Small);
        using var raw = await RawHttp.ConnectAsync(host.Endpoint);
        await raw.SendAsync($"POST {Tracker.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: {100 * Cap}\r\n\r\n");

        var head = await raw.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 413", head, StringComparison.Ordinal);
        Assert.Contains("Connection: close", head, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_body_at_the_cap_is_taken()
    {
        await using var host = await StartAsync(Small);

        using var response = await host.PostJsonAsync(Encoding.ASCII.GetBytes("{}" + new string(' ', Cap - 2)));

        Assert.Equal("""{"accepted":1,"quarantined":0,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_gzip_bomb_is_413_and_takes_no_memory()
    {
        await using var host = await StartAsync(Small);

        using var bomb = await host.PostJsonAsync(Gzip(new byte[50 << 20]), encoding: "gzip");
        using var atTheCap = await host.PostJsonAsync(Gzip(Encoding.ASCII.GetBytes("{}" + new string(' ', 3 * Cap - 2))), encoding: "gzip");

        Assert.Equal(413, (int)bomb.StatusCode);
        Http.AssertCors(bomb, "*");
        Assert.Equal(200, (int)atTheCap.StatusCode);
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public async Task Several_gzip_members_are_one_body()
    {
        await using var host = await StartAsync(Small);

        using var response = await host.PostJsonAsync([.. Gzip("{\"event_id\":\"1\"}\n"u8.ToArray()), .. Gzip("{\"event_id\":\"2\"}\n"u8.ToArray())], encoding: "gzip");

        Assert.Equal(["1", "2"], host.Intake.Events.Select(e => e.Id));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(20)]
    public async Task Gzip_that_is_cut_off_is_kept_as_it_came(int missing)
    {
        await using var host = await StartAsync(Small);
        var body = Gzip(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 500).Select(i => $$"""{"event_id":"{{i}}"}""" + "\n"))))[..^missing];

        using var response = await host.PostJsonAsync(body, encoding: "gzip");

        Assert.Equal("""{"accepted":0,"quarantined":1,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
        Assert.Equal(body, host.Intake.Single.Payload);
    }

    [Theory]
    [InlineData("1f8b08040000000000030a00")]
    [InlineData("1f8b080400000000000308000000")]
    [InlineData("1f8b0808000000000003")]
    [InlineData("1f8b081800000000000361")]
    [InlineData("1f8b0802000000000003")]
    [InlineData("1f8b080c00000000000310000000")]
    [InlineData("1f8b081e0000000000032000000000000000")]
    [InlineData("1f8b0804000000000003ff00")]
    public async Task A_gzip_header_that_is_cut_off_is_no_empty_body(string hex)
    {
        await using var host = await StartAsync(Small);
        var cut = Convert.FromHexString(hex);
        var second = (byte[])[.. Gzip("{}"u8.ToArray()), .. cut];

        await host.PostJsonAsync(cut, encoding: "gzip").OkAsync();
        await host.PostJsonAsync(second, encoding: "gzip").OkAsync();

        Assert.Equal([cut, second], host.Intake.Events.Select(e => e.Payload));
        Assert.All(host.Intake.Events, e => Assert.Contains(e.Errors, error => error.Rule == EventRules.NotJson));
    }

    [Fact]
    public async Task Gzip_of_nothing_is_kept()
    {
        await using var host = await StartAsync(Small);
        var nothing = Convert.FromHexString("1f8b080000000000000303000000000000000000");

        await host.PostJsonAsync(nothing, encoding: "gzip").OkAsync();

        Assert.Equal(nothing, host.Intake.Single.Payload);
    }

    [Fact]
    public async Task Too_many_events_are_413()
    {
        await using var host = await StartAsync(Small);

        await host.PostJsonAsync(string.Concat(Enumerable.Repeat("{}\n", 1001))).StatusAsync(413);
        using var tracker = await host.Client.PostAsync(Tracker.Payload([.. Enumerable.Repeat("{}", 1001)]));

        Assert.Equal(413, (int)tracker.StatusCode);
        Assert.Empty(host.Intake.Batches);
        Assert.Equal(2, host.App.Counters.RequestsOf(Answer.TooManyEvents));
        await host.PostJsonAsync(string.Concat(Enumerable.Repeat("{}\n", 1000))).OkAsync();
    }

    [Fact]
    public async Task Errors_of_a_request_are_bounded_and_every_bad_event_has_one()
    {
        await using var host = await StartAsync(new CollectorLimits());
        var item = "{" + string.Join(',', Enumerable.Range(0, 30).Select(i => $"\"x{i}\":1")) + "}";

        await host.Client.PostAsync(Tracker.Payload([.. Enumerable.Repeat(item, 2000)])).OkAsync();

        var events = host.Intake.Events;
        Assert.Equal(RequestErrors.EventMax, events[0].Errors.Count);
        Assert.Equal(RequestErrors.EventMaxBeyond, events[^1].Errors.Count);
        Assert.InRange(
            events.Sum(e => e.Errors.Count), 1, RequestErrors.FewerAfter + RequestErrors.EventMax + (2000 * RequestErrors.EventMaxBeyond));
    }

    [Fact]
    public async Task Events_and_errors_count_as_in_flight()
    {
        await using var host = await StartAsync(new CollectorLimits());
        var inFlight = 0L;
        host.Intake.Decide = (_, batch) =>
        {
            inFlight = host.App.Gate.Bytes;
            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored, batch.Events.Length));
        };
        const int noted = 1000 * (CollectorLimits.EventBytes + RequestErrors.BytesEach);

        await host.PostJsonAsync(string.Concat(Enumerable.Repeat("7\n", 1000))).OkAsync();
        Assert.InRange(inFlight, noted, 2 * noted);

        await host.Client.PostAsync(Tracker.Payload([.. Enumerable.Repeat("7", 1000)])).OkAsync();
        Assert.InRange(inFlight, noted, 2 * noted);
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public async Task Many_events_are_503_where_there_is_no_room_for_them()
    {
        await using var host = await StartAsync(Small with { BytesInFlightMax = 1000 * CollectorLimits.EventBytes });

        using var plain = await host.PostJsonAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{}\n", 1000))));
        using var tracker = await host.Client.PostAsync(Tracker.Payload([.. Enumerable.Repeat("{}", 1000)]));

        Assert.Equal([503, 503], [(int)plain.StatusCode, (int)tracker.StatusCode]);
        Assert.Empty(host.Intake.Batches);
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public void Limits_under_which_one_request_could_never_be_taken_are_refused()
    {
        var limits = new CollectorLimits { BytesInFlightMax = 64 << 20 };

        Assert.Equal("bytesInFlightMax", Assert.Single(limits.Violations()).Key);
        Assert.Empty((limits with { EventsMax = 5_000 }).Violations());
        Assert.Empty(new CollectorLimits().Violations());
    }

    [Fact]
    public async Task Requests_beyond_those_in_flight_are_503()
    {
        await using var host = await StartAsync(Small with { RequestsInFlightMax = 1 });
        var stored = new TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var offered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Decide = (_, _) =>
        {
            offered.TrySetResult();
            return new ValueTask<IntakeResult>(stored.Task);
        };
        var first = host.PostJsonAsync("{}");
        await offered.Task.WaitAsync(TimeSpan.FromMinutes(2));

        using var second = await host.PostJsonAsync("{}"u8.ToArray());
        Assert.Equal(503, (int)second.StatusCode);
        Assert.NotNull(second.Header("Retry-After"));
        Http.AssertCors(second, "*");

        stored.SetResult(new IntakeResult(IntakeOutcome.Stored, 1));
        await first.OkAsync();
        await host.PostJsonAsync("{}").OkAsync();
        Assert.Equal(1, host.App.Counters.RequestsOf(Answer.Overloaded));
    }

    [Fact]
    public async Task Bytes_beyond_those_in_flight_are_503()
    {
        await using var host = await StartAsync(Small with { BytesInFlightMax = Cap + Cap / 2 });
        var stored = new TaskCompletionSource<IntakeResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var offered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Intake.Decide = (_, _) =>
        {
            offered.TrySetResult();
            return new ValueTask<IntakeResult>(stored.Task);
        };
        var body = Encoding.ASCII.GetBytes("{}" + new string(' ', Cap - 2));
        var first = host.PostJsonAsync(body);
        await offered.Task.WaitAsync(TimeSpan.FromMinutes(2));

        using var second = await host.PostJsonAsync(body);
        Assert.Equal(503, (int)second.StatusCode);

        stored.SetResult(new IntakeResult(IntakeOutcome.Stored, 1));
        await first.OkAsync();
        Assert.Equal(0, host.App.Gate.Bytes);
        await host.PostJsonAsync(body).OkAsync();
    }

    [Fact]
    public async Task A_body_that_does_not_come_is_408()
    {
        await using var host = await StartAsync(Small with { BodyTimeout = TimeSpan.FromMilliseconds(100) });
        using var raw = await RawHttp.ConnectAsync(host.Endpoint);
        await raw.SendAsync($"POST {Tracker.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{");

        var answer = await raw.ReadToEndAsync();

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("Access-Control-Allow-Origin: *", answer, StringComparison.Ordinal);
        Assert.Equal(1, host.App.Counters.RequestsOf(Answer.TooSlow));
        Assert.Equal(0, host.App.Gate.Bytes);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_not_counted_as_a_fault()
    {
        await using var host = await StartAsync(Small);
        using (var raw = await RawHttp.ConnectAsync(host.Endpoint))
            await raw.SendAsync($"POST {Tracker.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{");
        // Stopping waits for the request, so that the counters are final.
        await host.StopAsync();

        Assert.Empty(host.Intake.Batches);
        Assert.Equal(0, host.App.Counters.RequestsOf(Answer.Failed));
        Assert.Equal(0, host.App.Gate.Bytes);
        Assert.Equal(0, host.App.Gate.Requests);
    }

    [Fact]
    public async Task Headers_beyond_their_limits_are_refused()
    {
        await using var host = await StartAsync(Small with { HeaderBytesMax = 2000, RequestLineBytesMax = 2000 });

        using var headers = await host.Client.SendAsync(HttpMethod.Get, "/i", ("X-Large", new string('x', 3000)));
        using var line = await host.Client.GetAsync("/i?e=" + new string('x', 3000));

        Assert.Equal(431, (int)headers.StatusCode);
        Assert.Equal(414, (int)line.StatusCode);
    }

    [Fact]
    public async Task A_request_line_that_is_not_ascii_is_refused_as_documented()
    {
        await using var host = await StartAsync(Small);
        using var raw = await RawHttp.ConnectAsync(host.Endpoint);
        await raw.SendAsync("GET /i?e=pv&page=caf\u00e9 HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 400", await raw.ReadToEndAsync(), StringComparison.Ordinal);
        Assert.Empty(host.Intake.Batches);
    }

    [Fact]
    public async Task A_long_pixel_query_is_taken()
    {
        await using var host = await StartAsync(new CollectorLimits());

        await host.Client.GetAsync("/i?e=pv&p=web&tv=1&url=" + new string('x', 60_000)).OkAsync();

        Assert.DoesNotContain(host.Intake.Single.Errors, e => e.Rule != EventRules.TooLarge);
    }

    [Fact]
    public void Kestrel_is_told_every_limit()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var limits = new CollectorLimits
        {
            ConnectionsMax = 11,
            RequestLineBytesMax = 2222,
            HeaderBytesMax = 3333,
            HeadersTimeout = TimeSpan.FromSeconds(4),
            KeepAliveTimeout = TimeSpan.FromSeconds(55),
            BodyBytesPerSecondMin = 66,
        };
        CollectorServer.Configure(builder, limits, [new IPEndPoint(IPAddress.Loopback, 0)]);
        using var services = builder.Services.BuildServiceProvider();

        var kestrel = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;

        Assert.Equal(11, kestrel.Limits.MaxConcurrentConnections);
        Assert.Equal(2222, kestrel.Limits.MaxRequestLineSize);
        Assert.Equal(3333, kestrel.Limits.MaxRequestHeadersTotalSize);
        Assert.Equal(TimeSpan.FromSeconds(4), kestrel.Limits.RequestHeadersTimeout);
        Assert.Equal(TimeSpan.FromSeconds(55), kestrel.Limits.KeepAliveTimeout);
        Assert.Equal(66, kestrel.Limits.MinRequestBodyDataRate!.BytesPerSecond);
        Assert.False(kestrel.AddServerHeader);
    }

    /// <summary>Three of its usual ones, of which the first begins with the head of the request.</summary>
    [Fact]
    public async Task A_body_of_12_KiB_is_received_into_one_block()
    {
        const int Bytes = 12 << 10;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        CollectorServer.Configure(builder, new CollectorLimits(), [new IPEndPoint(IPAddress.Loopback, 0)]);
        await using var web = builder.Build();
        web.Run(async context =>
        {
            var read = await context.Request.BodyReader.ReadAtLeastAsync(Bytes, TestContext.Current.CancellationToken);
            await context.Response.WriteAsync(read.Buffer.IsSingleSegment ? "one block" : "several", TestContext.Current.CancellationToken);
        });
        await web.StartAsync(TestContext.Current.CancellationToken);

        using var client = new HttpClient();
        using var body = new ByteArrayContent(new byte[Bytes]);
        using var answer = await client.PostAsync(web.Urls.Single(), body, TestContext.Current.CancellationToken);

        Assert.Equal("one block", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static Task<CollectorHost> StartAsync(CollectorLimits limits) =>
        CollectorHost.StartAsync(new CollectorSettings { Limits = limits });

    private static byte[] Gzip(byte[] bytes)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return stream.ToArray();
    }
}

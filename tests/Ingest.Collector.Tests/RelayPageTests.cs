using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary><c>POST /v1/relay</c>: nothing gets in that was not signed for exactly that, and live traffic comes first.</summary>
public sealed class RelayPageTests : IAsyncLifetime
{
    private const string ObjectKey = "relay/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-000000000001-000000000002.json.gz";

    private static readonly string ObjectSha256 = new('a', 64);

    private static readonly RelayKey Key = new(Encoding.ASCII.GetBytes("a key of thirty-two bytes or more"));

    private readonly SetTime _time = new();
    private readonly RelayedObjects _journal = new();
    private readonly Dictionary<string, string> _lines = new(StringComparer.Ordinal);
    private CollectorHost _host = null!;
    private string? _notNow;
    private ConcurrencyGate _live = null!;

    public async ValueTask InitializeAsync()
    {
        RelayPage? page = null;
        _host = await CollectorHost.StartAsync(pages: path => path == RelayRequest.Path ? page!.HandleAsync : null);
        var limits = new CollectorLimits();
        _live = new ConcurrencyGate(limits.RequestsInFlightMax, limits.BytesInFlightMax);
        var intake = new RelayIntake(() => _host.Intake, () => _journal, _host.Catalogue, TimeSpan.FromMinutes(1), _time, "east");
        page = new RelayPage(Key, intake, _live, limits, () => _notNow, _time);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Lines_are_offered_with_their_first_receipt_and_the_mark()
    {
        var (status, text) = await SendAsync(Request(Line("a") + Line("b"), 2));
        Assert.Equal((HttpStatusCode.OK, """{"already_delivered":false,"accepted":2,"quarantined":0,"duplicates":0,"region":"east"}"""), (status, text));
        Assert.Equal(["a", "b"], _host.Intake.Events.Select(found => found.Id).Order(StringComparer.Ordinal));
        Assert.All(_host.Intake.Batches, batch => Assert.Contains(
            "\"relayed\":{\"region\":\"west\",\"at\":\"2026-11-22T00:00:00.000Z\"}", Encoding.UTF8.GetString(batch.Bytes), StringComparison.Ordinal));
        Assert.Empty(_journal.Recorded);
    }

    [Fact]
    public async Task The_last_chunk_of_an_object_makes_it_known_for_good()
    {
        var last = Request(Line("a"), 1) with { IsLast = true };
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(last)).Status);
        Assert.Equal(new RelayedObject("west", ObjectKey, ObjectSha256, new Instant(_time.Now.ToUnixTimeMilliseconds())), Assert.Single(_journal.Recorded));
        _host.Intake.Clear();

        var (status, text) = await SendAsync(last);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("""{"already_delivered":true""", text, StringComparison.Ordinal);
        Assert.Empty(_host.Intake.Events);
    }

    [Fact]
    public async Task An_object_that_could_not_be_recorded_is_not_delivered()
    {
        _journal.Outcome = JournalOutcome.Unknown;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(Request(Line("a"), 1) with { IsLast = true })).Status);
    }

    [Fact]
    public async Task A_field_that_was_changed_on_the_way_breaks_the_signature()
    {
        var request = Request(Line("a"), 1);
        RelayRequest[] changed =
        [
            request with { Region = "east" },
            request with { Time = request.Time + TimeSpan.FromSeconds(1) },
            request with { ObjectKey = request.ObjectKey.Replace("-0-", "-1-", StringComparison.Ordinal) },
            request with { FirstLine = 1 },
            request with { Lines = 2 },
            request with { IsLast = true },
            request with { Sha256 = new string('0', 64) },
            request with { ObjectSha256 = new string('0', 64) },
        ];
        var signature = Key.Sign(request.SignedText());
        foreach (var other in changed)
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(other, Line("a"), signature)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(request, Line("a"), new RelayKey(new byte[32]).Sign(request.SignedText()))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(request, Line("a"), [])).Status);
        // Other lines under a signature that holds.
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(request, Line("b"), signature)).Status);
        Assert.Empty(_host.Intake.Events);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(request, Line("a"), signature)).Status);
    }

    [Theory]
    [InlineData(-5, HttpStatusCode.OK)]
    [InlineData(5, HttpStatusCode.OK)]
    [InlineData(-6, HttpStatusCode.Unauthorized)]
    [InlineData(6, HttpStatusCode.Unauthorized)]
    public async Task A_request_is_fresh_for_five_minutes(int minutes, HttpStatusCode expected)
    {
        var request = Request(Line("a"), 1);
        _time.Now -= TimeSpan.FromMinutes(minutes);
        var (status, text) = await SendAsync(request);
        Assert.Equal(expected, status);
        // Whoever has to set a clock is told the other one.
        if (expected == HttpStatusCode.Unauthorized)
            Assert.Contains(_time.Now.ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture), text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RelayRequest.RegionHeader, "")]
    [InlineData(RelayRequest.RegionHeader, "we\"st")]
    [InlineData(RelayRequest.TimeHeader, "now")]
    [InlineData(RelayRequest.ObjectHeader, "good/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-000000000001-000000000002.json.gz")]
    [InlineData(RelayRequest.ObjectHeader, "relay/else")]
    [InlineData(RelayRequest.ChunkHeader, "0 0 last")]
    [InlineData(RelayRequest.ChunkHeader, "-1 1 last")]
    [InlineData(RelayRequest.ChunkHeader, "0 1001 last")]
    [InlineData(RelayRequest.ChunkHeader, "0 1")]
    [InlineData(RelayRequest.Sha256Header, "00")]
    public async Task Headers_of_another_form_are_refused(string name, string value)
    {
        var request = Request(Line("a"), 1);
        using var message = Message(request, Line("a"), Key.Sign(request.SignedText()));
        message.Headers.Remove(name);
        message.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _host.Client.SendAsync(message, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_taken_is_refused_whole_with_the_reason()
    {
        foreach (var (lines, count, reason) in new[]
        {
            (Line("a") + "{}\n", 2, "line 2"),
            (Line("a"), 2, "1 lines where 2 were announced"),
            (Line("a")[..^1], 1, "ends in the middle"),
        })
        {
            var (status, text) = await SendAsync(Request(lines, count));
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.Contains(reason, text, StringComparison.Ordinal);
        }

        Assert.Empty(_host.Intake.Events);
    }

    [Fact]
    public async Task A_source_that_is_unknown_here_is_said_so()
    {
        Assert.Equal((HttpStatusCode.FailedDependency, "source gone is not configured at the primary"), await SendAsync(Request(Line("a", "gone"), 1)));
        Assert.Empty(_host.Intake.Events);
    }

    [Fact]
    public async Task An_object_of_other_bytes_under_the_same_key_is_another_one()
    {
        var last = Request(Line("a"), 1) with { IsLast = true };
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(last)).Status);
        var (_, text) = await SendAsync(last with { ObjectSha256 = new string('b', 64) });
        Assert.StartsWith("""{"already_delivered":false""", text, StringComparison.Ordinal);
        Assert.Equal(2, _journal.Recorded.Count);
    }

    [Fact]
    public async Task Relays_give_way_to_live_traffic_and_to_a_journal_that_is_away()
    {
        var request = Request(Line("a"), 1);
        var half = (new CollectorLimits().RequestsInFlightMax / 2) + 1;
        for (var i = 0; i < half; i++)
            Assert.True(_live.TryEnter());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(request)).Status);
        _live.Leave();
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(request)).Status);

        _notNow = "the journal is away";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "the journal is away"), await SendAsync(request));
        _notNow = null;
        _host.Intake.Decide = (_, _) => ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored, 1, Durability: Durability.Spill));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(request)).Status);
        _host.Intake.Decide = (_, _) => ValueTask.FromResult(IntakeResult.Unavailable("no room"));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "no room"), await SendAsync(request));
    }

    [Fact]
    public async Task More_relays_at_once_than_their_share_are_sent_away()
    {
        var hold = new TaskCompletionSource();
        var entered = new SemaphoreSlim(0);
        _host.Intake.Decide = async (_, _) =>
        {
            entered.Release();
            await hold.Task;
            return new IntakeResult(IntakeOutcome.Stored, 1);
        };
        var held = Enumerable.Range(0, RelayGateLimits.RequestsMax).Select(n => SendAsync(Request(Line($"a{n}"), 1))).ToList();
        for (var i = 0; i < held.Count; i++)
            Assert.True(await entered.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(Request(Line("b"), 1))).Status);
        hold.SetResult();
        Assert.All(await Task.WhenAll(held), answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    [Fact]
    public async Task A_body_that_is_no_gzip_or_too_large_is_refused()
    {
        var request = Request(Line("a"), 1);
        using var broken = Message(request, Line("a"), Key.Sign(request.SignedText()));
        broken.Content = new ByteArrayContent([0x1f, 0x8b, 1, 2, 3]);
        using var answer = await _host.Client.SendAsync(broken, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);

        var large = new string('x', RelayGateLimits.RequestBytesMax(new CollectorLimits()) + 1);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(Request(large, 1), large, Key.Sign(Request(large, 1).SignedText()))).Status);
    }

    private static string Line(string id, string source = "shop") =>
        $$$"""{"event_id":"{{{id}}}","source":"{{{source}}}","name":null,"schema":null,"occurred_at":null,"sent_at":null,"received_at":"2026-11-21T20:15:03.123Z","derived_at":"2026-11-21T20:15:03.123Z","collector":{"ip":"1.2.3.4","protocol":"json"},"errors":[],"original":"{\"event_id\":\"{{{id}}}\"}","original_base64":null}""" + "\n";

    private RelayRequest Request(string lines, int count)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
        _lines[sha256] = lines;
        return new RelayRequest("west", new Instant(_time.Now.ToUnixTimeMilliseconds()), ObjectKey, 0, count, false, sha256, ObjectSha256);
    }

    private Task<(HttpStatusCode Status, string Text)> SendAsync(RelayRequest request) =>
        SendAsync(request, _lines[request.Sha256], Key.Sign(request.SignedText()));

    private async Task<(HttpStatusCode Status, string Text)> SendAsync(RelayRequest request, string lines, byte[] signature)
    {
        using var message = Message(request, lines, signature);
        using var answer = await _host.Client.SendAsync(message, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    private static HttpRequestMessage Message(RelayRequest request, string lines, byte[] signature)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(Encoding.UTF8.GetBytes(lines));
        var message = new HttpRequestMessage(HttpMethod.Post, RelayRequest.Path) { Content = new ByteArrayContent(packed.ToArray()) };
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation(RelayRequest.SignatureHeader, Convert.ToHexStringLower(signature));
        return message;
    }
}

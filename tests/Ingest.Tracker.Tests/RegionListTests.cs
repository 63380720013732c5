using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Tracker.Tests;

/// <summary>A signed list moves trackers; anything else changes nothing.</summary>
public sealed class RegionListTests : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private byte[] _body = [];
    private string _signature = "";
    private int _events;

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task A_new_list_moves_the_tracker()
    {
        await using var bench = new Bench();
        Publish(1, bench.Clock, "b.test");
        var tracker = Open(bench);
        await MovesToAsync(bench, tracker, "b.test");
        // Signed by somebody whose clock is late: the version decides.
        bench.Clock.Step(TimeSpan.FromMinutes(-20));
        Publish(2, bench.Clock, "c.test");
        bench.Clock.Step(TimeSpan.FromMinutes(20));
        await MovesToAsync(bench, tracker, "c.test");
        Assert.Equal(0, tracker.ReadStats().RegionListsRefused);
    }

    [Fact]
    public async Task The_list_outlives_the_tracker_until_it_expires()
    {
        await using var bench = new Bench();
        Publish(1, bench.Clock, "b.test");
        var tracker = Open(bench);
        await MovesToAsync(bench, tracker, "b.test");
        await tracker.DisposeAsync();
        (_body, _signature) = ([], "");

        tracker = Open(bench);
        Assert.Equal("b.test", await NextHostAsync(bench, tracker));
        bench.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("configured.test", await NextHostAsync(bench, tracker));
    }

    [Fact]
    public async Task A_list_that_cannot_be_kept_is_in_force_all_the_same()
    {
        await using var bench = new Bench();
        Publish(1, bench.Clock, "b.test");
        var tracker = Open(bench);
        using (var database = Database.Open(bench.File))
            database.Execute("CREATE TRIGGER full BEFORE INSERT ON region_list BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
        await MovesToAsync(bench, tracker, "b.test");
        Assert.Empty(bench.Problems);
    }

    [Fact]
    public async Task A_newer_list_of_another_tracker_is_not_replaced()
    {
        await using var bench = new Bench();
        // Whichever of the two sends the events of their file, this one does not meet the newer list.
        using var lagging = new ScriptedCollector();
        var late = Open(bench, lagging);
        Publish(2, bench.Clock, "c.test");
        var first = Open(bench);
        await MovesToAsync(bench, first, "c.test");
        await first.DisposeAsync();
        // A place that lags behind gives the older one to a tracker that has not looked at the file since it opened.
        Publish(1, bench.Clock, "b.test");
        lagging.OnGet = bench.Collector.OnGet;
        await MovesToAsync(bench, late, "b.test", lagging);
        await late.DisposeAsync();

        (_body, _signature) = ([], "");
        Assert.Equal("c.test", await NextHostAsync(bench, Open(bench)));
    }

    [Fact]
    public async Task A_list_that_is_signed_again_lasts_longer()
    {
        await using var bench = new Bench();
        Publish(1, bench.Clock, "b.test");
        var tracker = Open(bench);
        await MovesToAsync(bench, tracker, "b.test");
        bench.Clock.Advance(TimeSpan.FromMinutes(50));
        Publish(1, bench.Clock, "b.test");
        // Fetched beside one of the next events, and in force for the one after.
        var gets = bench.Collector.Gets;
        await Deadline.UntilAsync(
            async () => await NextHostAsync(bench, tracker) is { } host && bench.Collector.Gets > gets + 1 ? host : null,
            Deadline.Process,
            () => "the list was not fetched again");
        bench.Clock.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal("b.test", await NextHostAsync(bench, tracker));
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("algorithm")]
    [InlineData("key")]
    [InlineData("version")]
    [InlineData("issued")]
    [InlineData("expired")]
    [InlineData("text")]
    [InlineData("empty")]
    [InlineData("scheme")]
    [InlineData("weight")]
    public async Task A_list_that_is_not_good_changes_nothing_and_is_counted(string mistake)
    {
        await using var bench = new Bench();
        Publish(7, bench.Clock, "b.test");
        var tracker = Open(bench);
        await MovesToAsync(bench, tracker, "b.test");

        Publish(8, bench.Clock, "evil.test");
        switch (mistake)
        {
            case "signature":
                _body = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(_body).Replace("evil", "Evil", StringComparison.Ordinal));
                break;
            case "algorithm":
                _signature = _signature.Replace("p256", "p384", StringComparison.Ordinal);
                break;
            case "key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                    _signature = Sign(other, _body);
                break;
            case "version":
                Publish(6, bench.Clock, "evil.test");
                break;
            case "issued":
                bench.Clock.Step(TimeSpan.FromMinutes(-40));
                Publish(7, bench.Clock, "evil.test");
                bench.Clock.Step(TimeSpan.FromMinutes(40));
                break;
            case "expired":
                bench.Clock.Step(TimeSpan.FromHours(-2));
                Publish(8, bench.Clock, "evil.test");
                bench.Clock.Step(TimeSpan.FromHours(2));
                break;
            case "text":
                Put("<html>welcome to our network</html>");
                break;
            case "empty":
                Put("""{"version":8,"issued_at":"2027-01-01T00:00:00Z","expires_at":"2099-01-01T00:00:00Z","regions":[]}""");
                break;
            case "scheme":
                Put("""{"version":8,"issued_at":"2027-01-01T00:00:00Z","expires_at":"2099-01-01T00:00:00Z","regions":[{"name":"e","url":"file:///evil","weight":1}]}""");
                break;
            case "weight":
                Put("""{"version":8,"issued_at":"2027-01-01T00:00:00Z","expires_at":"2099-01-01T00:00:00Z","regions":[{"name":"e","url":"http://evil.test","weight":-1}]}""");
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(mistake));
        }
        await RefusedAsync(bench, tracker);
        Assert.Equal("b.test", await NextHostAsync(bench, tracker));
        Assert.DoesNotContain(bench.Collector.Posts, post => post.Address.Host == "evil.test");
    }

    [Theory]
    [InlineData("")]
    [InlineData("not a key")]
    public async Task A_key_that_cannot_be_read_is_an_error_at_once(string key)
    {
        await using var bench = new Bench();
        Assert.Throws<ArgumentException>(() => bench.Open(options => options.RegionList = new RegionListOptions { PublicKey = key }));
    }

    private static string Sign(ECDsa key, byte[] body) =>
        RegionList.Algorithm + Convert.ToBase64String(key.SignData(body, HashAlgorithmName.SHA256));

    /// <summary>Sends events until one goes to a host: lists are fetched beside the sending.</summary>
    private Task MovesToAsync(Bench bench, IngestTracker tracker, string host, ScriptedCollector? collector = null) => Deadline.UntilAsync(
        async () => await NextHostAsync(bench, tracker, collector) == host ? host : null, Deadline.Process, () => $"nothing went to {host}");

    private Task RefusedAsync(Bench bench, IngestTracker tracker) => Deadline.UntilAsync(
        async () => await NextHostAsync(bench, tracker) is { } host && tracker.ReadStats().RegionListsRefused > 0 ? host : null,
        Deadline.Process,
        () => "no list was refused");

    /// <summary>Where the next event goes, ten seconds later.</summary>
    private async Task<string?> NextHostAsync(Bench bench, IngestTracker tracker, ScriptedCollector? collector = null)
    {
        bench.Clock.Advance(TimeSpan.FromSeconds(10));
        Bench.Track(tracker, _events++, 1);
        await Bench.FlushAsync(tracker);
        return (collector ?? bench.Collector).Posts is [.., var last] ? last.Address.Host : null;
    }

    /// <param name="bench">Where the tracker is.</param>
    /// <param name="collector">Takes its events and has no list yet; that of the bench, with the list, when null.</param>
    private IngestTracker Open(Bench bench, ScriptedCollector? collector = null)
    {
        bench.Collector.OnGet = request =>
        {
            Assert.Equal("/.well-known/ingest-regions", request.RequestUri!.AbsolutePath);
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_body) };
            response.Headers.TryAddWithoutValidation("Ingest-Signature", _signature);
            return response;
        };
        return bench.Open(options =>
        {
            options.Endpoints = [new TrackerEndpoint("http://configured.test")];
            options.HttpHandler = collector ?? bench.Collector;
            options.RegionList = new RegionListOptions
            {
                PublicKey = Convert.ToBase64String(_key.ExportSubjectPublicKeyInfo()),
                RefreshPeriod = TimeSpan.FromSeconds(30),
            };
        });
    }

    /// <summary>Publishes a good list, valid for an hour.</summary>
    private void Publish(int version, TestClock clock, string host) => Put(
        $$"""{"version":{{version}},"issued_at":"{{clock.UtcNow:O}}","expires_at":"{{clock.UtcNow.AddHours(1):O}}","regions":[{"name":"r","url":"http://{{host}}","weight":95}]}""");

    private void Put(string body)
    {
        _body = Encoding.UTF8.GetBytes(body);
        _signature = Sign(_key, _body);
    }
}

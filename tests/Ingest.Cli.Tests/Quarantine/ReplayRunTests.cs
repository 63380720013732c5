using System.Text;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Storage;

namespace Ingest.Cli.Tests;

/// <summary>A replay that is broken off, or meets an object that it cannot replay, keeps what it has.</summary>
public sealed class ReplayRunTests
{
    /// <summary>Two requests' worth: a request has at most 500 lines.</summary>
    private const int Lines = 700;

    private readonly MemoryLake _lake = new();
    private readonly List<string> _sent = [];
    private Func<string, string, (int Status, string Body)?> _refuse = (_, _) => null;

    [Fact]
    public async Task Broken_off_within_an_object_it_sends_nothing_twice()
    {
        await StoreAsync("shop", Lines);
        _refuse = (_, body) => body.Contains("\"shop-600\"", StringComparison.Ordinal) ? (418, "no") : null;
        await using var server = await FakeServer.StartAsync(Answer);
        await Assert.ThrowsAsync<ServerRefusedException>(() => RunAsync(server));
        Assert.Equal(500, _sent.Count);

        _refuse = (_, _) => null;
        var report = await RunAsync(server);
        Assert.Equal((1, 200, 500, 0), (report.Objects, report.Good, report.GoodBefore, report.Bad));
        Assert.Equal(Lines, _sent.Count);
        Assert.Equal(Lines, _sent.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Stopped_by_its_user_it_sends_nothing_twice()
    {
        await StoreAsync("shop", Lines);
        using var stop = new CancellationTokenSource();
        _refuse = (_, body) =>
        {
            if (!body.Contains("\"shop-600\"", StringComparison.Ordinal))
                return null;
            stop.Cancel();
            return (503, "");
        };
        await using var server = await FakeServer.StartAsync(Answer);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(server, stop.Token));

        _refuse = (_, _) => null;
        var report = await RunAsync(server);
        Assert.Equal((200, 500), (report.Good, report.GoodBefore));
        Assert.Equal(Lines, _sent.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(Lines, _sent.Count);
    }

    [Fact]
    public async Task An_object_that_cannot_be_replayed_does_not_stop_the_others()
    {
        var gone = await StoreAsync("gone", 3);
        await StoreAsync("shop", 4);
        var damaged = KeyOf("bad");
        await LakePuts.PutAsync(_lake, damaged, [1, 2, 3], TestContext.Current.CancellationToken);
        _refuse = (source, _) => source == "gone" ? (404, "unknown source") : null;
        await using var server = await FakeServer.StartAsync(Answer);
        var report = await RunAsync(server);
        Assert.Equal((1, 4, 2), (report.Objects, report.Good, report.Skipped.Count));
        Assert.Contains(report.Skipped.Named, named => named.StartsWith(gone, StringComparison.Ordinal) && named.Contains("404", StringComparison.Ordinal));
        Assert.Contains(report.Skipped.Named, named => named.StartsWith(damaged, StringComparison.Ordinal));
        Assert.Equal(4, _sent.Count);
    }

    private async Task<ReplayReport> RunAsync(FakeServer server, CancellationToken? cancellation = null)
    {
        using var client = new ReplayClient(() => [new ServerAddress(server.Url, "k")], isDryRun: false, TimeSpan.FromMinutes(2));
        using var run = new ReplayRun(_lake, client, new EventFilter(null, HourSpan.All, []), isDryRun: false);
        await run.RunAsync(null, cancellation ?? TestContext.Current.CancellationToken);
        return run.Report;
    }

    /// <summary>Takes all lines as good, unless the test refuses them.</summary>
    private (int Status, string Body) Answer(string source, string body)
    {
        if (_refuse(source, body) is { } refusal)
            return refusal;
        var ids = body.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(IdOf).ToList();
        _sent.AddRange(ids);
        var lines = ids.Select(id => new ReplayedLine(id, ReplayOutcome.Good, null)).ToList();
        return (200, JsonSerializer.Serialize(new ReplayAnswer(lines), ReplayJson.Default.ReplayAnswer));
    }

    private static string IdOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("event_id").GetString()!;
    }

    private async Task<string> StoreAsync(string source, int lines)
    {
        using var file = new LakeFile();
        for (var i = 0; i < lines; i++)
        {
            file.Add(Encoding.UTF8.GetBytes(
                $$"""{"event_id":"{{source}}-{{i}}","source":"{{source}}","received_at":"2026-11-21T20:15:03.123Z","collector":{"protocol":"json"},"errors":[{"where":"","rule":"unknown_schema","found":"?"}],"original":"{}"}""" + "\n"));
        }

        await file.PutAsync(_lake, KeyOf(source), TestContext.Current.CancellationToken);
        return KeyOf(source);
    }

    private static string KeyOf(string source) =>
        $"quarantine/source={source}/dt=2026-11-21/hr=20/{source}-0-abcdefgh-000000000001-000000000002.json.gz";
}

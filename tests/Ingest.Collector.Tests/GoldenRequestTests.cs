using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>
/// Requests in the form in which the official trackers make them (folder Golden: the head, an empty line, the body).
/// All of them are good events.
/// </summary>
public sealed class GoldenRequestTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("js-browser-post", "page_view page_ping link_click struct", 4)]
    [InlineData("js-browser-anonymous-post", "page_view", 1)]
    [InlineData("js-browser-get", "page_view", 1)]
    [InlineData("pixel-in-a-mail", "struct", 0)]
    [InlineData("node-post", "order", 2)]
    [InlineData("python-post", "transaction transaction_item", 0)]
    public async Task An_official_trackers_request_is_taken(string name, string events, int checks)
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync(await ReadAsync(name));

        var head = await raw.ReadHeadAsync();

        Assert.StartsWith("HTTP/1.1 200 OK", head, StringComparison.Ordinal);
        Assert.Equal(!name.Contains("anonymous", StringComparison.Ordinal), head.Contains("Set-Cookie: sp=", StringComparison.Ordinal));
        Assert.Equal(events, string.Join(' ', _host.Intake.Events.Select(e => e.Name)));
        Assert.Equal(checks, _host.Intake.Events.Sum(e => e.Checks.Count));
        Assert.All(_host.Intake.Events, e =>
        {
            Assert.Equal("shop", e.Source);
            Assert.Empty(e.Errors);
            Assert.Equal(name == "pixel-in-a-mail", e.OccurredAt == EventEntry.NoTime);
            Assert.Equal(name == "pixel-in-a-mail", e.SentAt == EventEntry.NoTime);
            Assert.Equal(name == "python-post", e.TrueAt != EventEntry.NoTime);
        });
    }

    private static async Task<byte[]> ReadAsync(string name)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Golden", name + ".http"));
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var body = Encoding.UTF8.GetBytes(text[(end + 2)..]);
        var head = text[..end].Replace("\n", "\r\n", StringComparison.Ordinal);
        var length = body.Length > 0 ? $"\r\nContent-Length: {body.Length}" : "";
        return [.. Encoding.ASCII.GetBytes($"{head}{length}\r\n\r\n"), .. body];
    }
}

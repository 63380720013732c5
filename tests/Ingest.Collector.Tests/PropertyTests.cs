using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Whatever is posted: nothing crashes, and what is answered with success is in some batch, byte for byte.</summary>
public sealed class PropertyTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Every_byte_of_a_plain_json_body_is_in_an_event()
    {
        Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body =>
        {
            _host.Intake.Clear();
            using var response = Run(() => _host.PostJsonAsync(body));
            Assert.Equal(200, (int)response.StatusCode);
            var answer = JsonDocument.Parse(Run(() => response.Content.ReadAsStringAsync())).RootElement;
            var events = _host.Intake.Events;
            Assert.Equal(events.Count, answer.GetProperty("accepted").GetInt32() + answer.GetProperty("quarantined").GetInt32());
            AssertSound(events);
            if (!body.AsSpan().StartsWith((byte[])[0x1f, 0x8b]))
                AssertNothingLost(body, events);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_a_tracker_posts_is_kept()
    {
        Prop.ForAll(RandomRequests.Bodies().ToArbitrary(), body =>
        {
            _host.Intake.Clear();
            using var content = new ByteArrayContent(body);
            using var response = Run(() => _host.Client.PostAsync(Tracker.Path, content));
            Assert.Equal(200, (int)response.StatusCode);
            var events = _host.Intake.Events;
            AssertSound(events);
            // None of these bodies is a payload, so it is one event, whole.
            Assert.Equal(body.AsSpan().ContainsAnyExcept(" \t\r\n"u8) && !IsOnlyMark(body) ? 1 : 0, events.Count);
            Assert.All(events, e => Assert.Equal(body, e.Payload));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Every_item_of_a_payload_is_an_event()
    {
        Prop.ForAll(RandomRequests.Items().ToArbitrary(), list =>
        {
            _host.Intake.Clear();
            Run(() => _host.Client.PostAsync(Tracker.Payload([.. list])).OkAsync());
            var events = _host.Intake.Events;
            AssertSound(events);
            Assert.Equal(list, events.Select(e => e.Text));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Whatever_is_in_a_query_is_kept()
    {
        Prop.ForAll(RandomRequests.Queries().ToArbitrary(), query =>
        {
            _host.Intake.Clear();
            Run(() => GetRawAsync("/i?" + query));
            var e = _host.Intake.Single;
            AssertSound([e]);
            if (e.Kind == PayloadKind.Json)
                Assert.Equal(query.Split('&', StringSplitOptions.RemoveEmptyEntries).Length, JsonDocument.Parse(e.Payload).RootElement.EnumerateObject().Count());
            else
                Assert.Equal(query, e.Text);
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>What every event must be, whatever it was made of.</summary>
    private static void AssertSound(IReadOnlyList<RecordedEvent> events)
    {
        Assert.All(events, e =>
        {
            Assert.NotEmpty(e.Id);
            Assert.Equal(EventId.Hash(Encoding.UTF8.GetBytes(e.Id)), e.IdHash);
            if (e.Kind != PayloadKind.Json)
                Assert.NotEmpty(e.Errors);
            else
            {
                using var json = JsonDocument.Parse(e.Payload);
                if (e.Errors.Count == 0)
                    ReadEveryText(json.RootElement);
            }
            if (e.Kind == PayloadKind.Text)
                Assert.True(System.Text.Unicode.Utf8.IsValid(e.Payload));
            Assert.All(e.Checks, check => JsonDocument.Parse(check.Instance).Dispose());
        });
    }

    /// <summary>Throws where a text or a name is none, as readers of the lake would.</summary>
    private static void ReadEveryText(JsonElement element)
    {
        foreach (var member in element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : default)
        {
            Assert.NotNull(member.Name);
            ReadEveryText(member.Value);
        }
        foreach (var item in element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default)
            ReadEveryText(item);
        if (element.ValueKind == JsonValueKind.String)
            Assert.NotNull(element.GetString());
    }

    // White space, punctuation of arrays, and the three bytes of a byte order mark.
    private static readonly SearchValues<byte> BetweenItems = SearchValues.Create(" \t\r\n[],\uFEFF"u8);

    /// <summary>The payloads stand in the body in order; between them is nothing but white space and punctuation of arrays.</summary>
    private static void AssertNothingLost(byte[] body, IReadOnlyList<RecordedEvent> events)
    {
        var rest = body.AsSpan();
        foreach (var e in events)
        {
            var at = rest.IndexOf(e.Payload);
            Assert.True(at >= 0, $"Not found in order: {e.Text}");
            Assert.False(rest[..at].ContainsAnyExcept(BetweenItems), $"Lost: {Encoding.UTF8.GetString(rest[..at])}");
            rest = rest[(at + e.Payload.Length)..];
        }
        Assert.False(rest.ContainsAnyExcept(BetweenItems), $"Lost at the end: {Encoding.UTF8.GetString(rest)}");
    }

    private static bool IsOnlyMark(byte[] body) => Encoding.UTF8.GetString(body).Trim('\uFEFF', ' ', '\t', '\r', '\n').Length == 0;

    private async Task GetRawAsync(string target)
    {
        using var raw = await RawHttp.ConnectAsync(_host.Endpoint);
        await raw.SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", await raw.ReadToEndAsync(), StringComparison.Ordinal);
    }

    /// <summary>Properties are synchronous; the pool has a thread for what they wait for.</summary>
    private static T Run<T>(Func<Task<T>> work) => Task.Run(work).GetAwaiter().GetResult();

    private static void Run(Func<Task> work) => Task.Run(work).GetAwaiter().GetResult();
}

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
        Prop.ForAll(Bodies().ToArbitrary(), body =>
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
        Prop.ForAll(Bodies().ToArbitrary(), body =>
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
        var items = Gen.OneOf(Objects(), Values().Select(v => v.ToString()!)).ListOf().Where(list => list.Count > 0);
        Prop.ForAll(items.ToArbitrary(), list =>
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
        var characters = Gen.Elements("e", "p", "v", "=", "=", "&", "&", "%", "%2", "%20", "%c3%bc", "%ff", "%00", "+", "\"", "\\", "tv", "aid", "cx", "co");
        var queries = characters.ListOf().Select(parts => string.Concat(parts));
        Prop.ForAll(queries.ToArbitrary(), query =>
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

    /// <summary>Bodies from random bytes to JSON with a few bytes changed, cut off, or doubled.</summary>
    private static Gen<byte[]> Bodies()
    {
        var json = Gen.OneOf(
            Objects(),
            Objects().ListOf().Select(list => $"[{string.Join(',', list)}]"),
            Objects().ListOf().Select(list => string.Join('\n', list)),
            Objects().ListOf().Select(list => string.Join("\r\n", list) + "\n"),
            Objects().Select(o => o.Replace(",", ",\n  ", StringComparison.Ordinal)));
        var bytes = json.Select(Encoding.UTF8.GetBytes);
        var changed =
            from body in bytes
            from at in Gen.Choose(0, Math.Max(0, body.Length - 1))
            from value in Gen.Elements<byte>(0, 10, 34, 44, 58, 91, 92, 93, 123, 125, 0xc3, 0xff)
            select Changed(body, at, value);
        var cut =
            from body in bytes
            from at in Gen.Choose(0, body.Length)
            select body[..at];
        var random = Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(list => list.ToArray());
        return Gen.Frequency((2, bytes), (4, changed), (3, cut), (1, random));
    }

    private static byte[] Changed(byte[] body, int at, byte value)
    {
        var copy = body.ToArray();
        if (at < copy.Length)
            copy[at] = value;
        return copy;
    }

    private static Gen<string> Objects() =>
        from names in Gen.Elements("event_id", "name", "schema", "data", "occurred_at", "sent_at", "e", "p", "tv", "aid", "co", "cx", "ue_pr", "x").ListOf()
        from values in Gen.ListOf(Values(), names.Count)
        select $"{{{string.Join(',', names.Zip(values, (n, v) => $"\"{n}\":{v}"))}}}";

    private static Gen<object> Values() => Gen.Elements<object>(
        "1", "-1.5e3", "1795292104123", "null", "true", "\"\"", "\"a\"", "\"ü\\u0000\\ud83d\\ude00\"", "\"\\ud800\"", "\"pv\"", "\"ue\"",
        "\"2026-11-21T20:15:03Z\"", "\"iglu:com.acme/x/jsonschema/1-0-0\"", "[]", "[1,[2,{}]]", "{}", "{\"a\":{\"b\":\"\\\"\"}}",
        "\"eyJzY2hlbWEiOiJ4IiwiZGF0YSI6e319\"", "\"{\\\"schema\\\":\\\"iglu:a/b/jsonschema/1-0-0\\\",\\\"data\\\":[]}\"");

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

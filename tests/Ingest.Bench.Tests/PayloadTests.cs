using System.Net;
using System.Text;
using System.Text.Json;

namespace Ingest.Bench.Tests;

/// <summary>What is sent must be like what is sent in earnest, or the figures mean nothing.</summary>
public sealed class PayloadTests
{
    private const int EventsSent = 2000;

    private static readonly Target Target = new(new IPEndPoint(IPAddress.Loopback, 1), "/v1/events/bench-00000");

    public static TheoryData<string> Workloads => [.. WorkloadCatalogue.All.Select(workload => workload.Name)];

    [Theory]
    [MemberData(nameof(Workloads))]
    public void Every_event_is_new(string name)
    {
        var ids = SendAll(Find(name), EventsSent).SelectMany(IdsOf).ToList();
        Assert.True(ids.Count >= EventsSent);
        Assert.DoesNotContain(EventPool.IdPlace, ids);
        Assert.Equal(ids.Count, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.True(Guid.TryParseExact(id, "D", out _), id));
    }

    [Theory]
    [InlineData("W1", 270, 330)]
    [InlineData("W2-plain", 550, 750)]
    [InlineData("W3", 1000, 1600)]
    public void Events_are_as_large_as_is_said(string name, int least, int most)
    {
        var workload = Find(name);
        Assert.InRange(SendAll(workload, EventsSent).Average(body => body.Length) / workload.EventsPerRequest, least, most);
    }

    [Fact]
    public void A_request_says_how_long_its_body_is()
    {
        var text = Encoding.ASCII.GetString(new Request(Find("W2"), Target, 3).Bytes.Span);
        var body = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        Assert.Contains($"\r\nContent-Length: {body.Length}\r\n", text, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(body);
        Assert.Equal(50, document.RootElement.GetArrayLength());
    }

    [Fact]
    public void Requests_of_many_sources_go_to_all_of_them()
    {
        var request = new Request(Find("W4"), Target, 0);
        var random = new Random(7);
        var paths = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 1000; i++)
        {
            request.Refresh(random);
            paths.Add(Encoding.ASCII.GetString(request.Bytes.Span[..request.Bytes.Span.IndexOf((byte)'\r')]));
        }

        Assert.All(paths, path => Assert.Matches("^POST /v1/events/bench-0[0-9]{4} HTTP/1.1$", path));
        Assert.True(paths.Count > 900, $"{paths.Count} sources of 1,000 draws");
    }

    [Fact]
    public void A_peer_that_knows_no_sources_gets_requests_of_many_sources_as_well()
    {
        var request = new Request(Find("W4"), Target with { Path = "/" }, 0);
        request.Refresh(new Random(7));
        Assert.StartsWith("POST / HTTP/1.1\r\n", Encoding.ASCII.GetString(request.Bytes.Span), StringComparison.Ordinal);
    }

    private static Workload Find(string name) => WorkloadCatalogue.Find(name)!;

    /// <summary>Bodies as all connections send them in turn.</summary>
    private static List<byte[]> SendAll(Workload workload, int events)
    {
        var bodies = new List<byte[]>();
        var random = new Random(1);
        for (var number = 0; bodies.Count * workload.EventsPerRequest < events; number++)
        {
            var request = new Request(workload, Target, number);
            request.Refresh(random);
            bodies.Add(request.Bytes[^request.BodyBytes..].ToArray());
        }

        return bodies;
    }

    private static IEnumerable<string> IdsOf(byte[] body)
    {
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var events = root.ValueKind == JsonValueKind.Array ? root : root.TryGetProperty("event_id", out _) ? default : root.GetProperty("data");
        return events.ValueKind == JsonValueKind.Array
            ? [.. events.EnumerateArray().Select(IdOf)]
            : [IdOf(root)];
    }

    private static string IdOf(JsonElement item) => item.TryGetProperty("event_id", out var id) || item.TryGetProperty("eid", out id) ? id.GetString()! : "";
}

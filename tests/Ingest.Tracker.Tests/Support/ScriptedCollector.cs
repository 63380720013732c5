using System.IO.Compression;
using System.Net;
using System.Text.Json;

namespace Ingest.Tracker.Tests;

/// <summary>A collector without a network: it keeps what it takes, and answers as a test says.</summary>
internal sealed class ScriptedCollector : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<ReceivedEvent> _received = [];
    private readonly List<Post> _posts = [];
    private int _gets;

    /// <summary>Decides on a request; 200 where it is null. What it throws, the request throws.</summary>
    public Func<Post, Outcome>? Script { get; set; }

    /// <summary>Answers what is no post of events.</summary>
    public Func<HttpRequestMessage, HttpResponseMessage>? OnGet { get; set; }

    /// <summary>Requests without events.</summary>
    public int Gets => Volatile.Read(ref _gets);

    /// <summary>Every event that it took, in order, once for each time.</summary>
    public IReadOnlyList<ReceivedEvent> Received
    {
        get
        {
            lock (_gate)
                return [.. _received];
        }
    }

    /// <summary>Every request with events.</summary>
    public IReadOnlyList<Post> Posts
    {
        get
        {
            lock (_gate)
                return [.. _posts];
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (request.Method == HttpMethod.Get)
        {
            Interlocked.Increment(ref _gets);
            return OnGet?.Invoke(request) ?? new HttpResponseMessage(HttpStatusCode.NotFound);
        }
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        if (request.Content.Headers.ContentEncoding.Contains("gzip"))
            body = Unzip(body);
        lock (_gate)
        {
            var post = new Post(request.RequestUri!, request.Headers.Authorization?.ToString(), body, ReceivedEvent.Read(body));
            _posts.Add(post);
            var outcome = Script?.Invoke(post) ?? new Outcome(200);
            if (outcome.IsTaken)
                _received.AddRange(post.Events);
            if (outcome.IsAnswerLost)
                throw new HttpRequestException("the connection was reset");
            var response = new HttpResponseMessage((HttpStatusCode)outcome.Status);
            if (outcome.RetryAfter is { } pause)
                response.Headers.RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(pause);
            return response;
        }
    }

    private static byte[] Unzip(byte[] body)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>A request with events.</summary>
    internal sealed record Post(Uri Address, string? Authorization, byte[] Body, IReadOnlyList<ReceivedEvent> Events);

    /// <summary>What becomes of a request.</summary>
    internal sealed record Outcome(int Status, TimeSpan? RetryAfter = null)
    {
        /// <summary>True where the events are kept.</summary>
        public bool IsTaken { get; init; } = Status is >= 200 and < 300;

        /// <summary>True where there is no answer.</summary>
        public bool IsAnswerLost { get; init; }
    }
}

/// <summary>An event as a collector reads it.</summary>
internal sealed record ReceivedEvent(string Id, DateTimeOffset OccurredAt, DateTimeOffset SentAt, JsonElement Json)
{
    /// <summary>Reads plain JSON, or a payload of Snowplow.</summary>
    public static IReadOnlyList<ReceivedEvent> Read(byte[] body)
    {
        var root = JsonElement.Parse(body);
        return root.ValueKind == JsonValueKind.Array
            ? [.. root.EnumerateArray().Select(item => new ReceivedEvent(
                Text(item, "event_id"), item.GetProperty("occurred_at").GetDateTimeOffset(), item.GetProperty("sent_at").GetDateTimeOffset(), item))]
            : [.. root.GetProperty("data").EnumerateArray().Select(item => new ReceivedEvent(
                Text(item, "eid"), Milliseconds(item, "dtm"), Milliseconds(item, "stm"), item))];
    }

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;

    private static DateTimeOffset Milliseconds(JsonElement item, string name) => DateTimeOffset.FromUnixTimeMilliseconds(
        long.Parse(Text(item, name), System.Globalization.CultureInfo.InvariantCulture));
}

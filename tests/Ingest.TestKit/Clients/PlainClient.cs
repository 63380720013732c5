using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>The answer to a request with plain JSON.</summary>
public sealed record PlainAnswer(long Accepted, long Quarantined, long Duplicates)
{
    public static PlainAnswer operator +(PlainAnswer a, PlainAnswer b) =>
        new(a.Accepted + b.Accepted, a.Quarantined + b.Quarantined, a.Duplicates + b.Duplicates);
}

/// <summary>How the events of a request are written.</summary>
public enum PlainFormat
{
    Array,
    Lines,
    GzippedLines,
}

/// <summary>
/// Posts plain JSON to a source of the tests, and sends again until it is answered with success: each try to the next of
/// its collectors. The write key of a source is its name and <c>-key</c>.
/// </summary>
public sealed class PlainClient(params IReadOnlyList<Uri> collectors) : IDisposable
{
    private const string DefaultSource = "shop";

    private readonly Retrying _http = new();
    private uint _tries;

    /// <summary>As <see cref="Retrying.Patience"/>.</summary>
    public TimeSpan Patience
    {
        get => _http.Patience;
        init => _http.Patience = value;
    }

    /// <summary>As <see cref="Retrying.OnFailure"/>.</summary>
    public Action<RequestTry>? OnFailure
    {
        get => _http.OnFailure;
        set => _http.OnFailure = value;
    }

    public async Task<PlainAnswer> PostAsync(
        IReadOnlyCollection<PlainEvent> events, PlainFormat format = PlainFormat.Lines, string source = DefaultSource)
    {
        var body = Encoding.UTF8.GetBytes(format == PlainFormat.Array
            ? $"[{string.Join(',', events.Select(e => e.Text))}]"
            : string.Join('\n', events.Select(e => e.Text)));
        if (format == PlainFormat.GzippedLines)
            body = Gzip(body);

        var answer = await _http.SendAsync(() => Request(source, body, format));
        return JsonSerializer.Deserialize<PlainAnswer>(answer, JsonSerializerOptions.Web)!;
    }

    /// <summary>Posts new events in one request, and tells an oracle of them and of the answer.</summary>
    public async Task PostAsync(ConservationOracle oracle, IReadOnlyCollection<PlainEvent> events)
    {
        foreach (var sent in events)
            oracle.Expect(sent.Expected);
        await PostAsync(events);
        foreach (var sent in events)
            oracle.Acknowledge(sent.Id);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(string source, byte[] body, PlainFormat format)
    {
        var collector = collectors[(int)(Interlocked.Increment(ref _tries) % collectors.Count)];
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(collector, $"/v1/events/{source}"))
        {
            Content = new ByteArrayContent(body),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", $"{source}-key") },
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (format == PlainFormat.GzippedLines)
            request.Content.Headers.ContentEncoding.Add("gzip");
        return request;
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return zipped.ToArray();
    }
}

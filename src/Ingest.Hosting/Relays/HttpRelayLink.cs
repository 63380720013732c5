using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;

namespace Ingest.Hosting;

/// <summary>The way to the primary over HTTP: each chunk is one signed request, compressed.</summary>
/// <param name="client">Has the primary's address; disposed by its owner.</param>
/// <param name="key">The shared key.</param>
/// <param name="time">Stamps requests.</param>
public sealed class HttpRelayLink(HttpClient client, RelayKey key, TimeProvider time) : IRelayLink
{
    /// <summary>Bytes of an answer that are read.</summary>
    private const int AnswerBytesMax = 4096;

    public string Description => client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>A client for a primary. It follows no redirect: that would lead the events to somebody else.</summary>
    public static HttpClient ClientOf(Uri primary) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        BaseAddress = primary,
        // The bridge has its own.
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = AnswerBytesMax,
    };

    public async ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
    {
        using var request = Sign(chunk);
        try
        {
            using var response = await client.SendAsync(request, cancellation);
            var text = await response.Content.ReadAsStringAsync(cancellation);
            return response.StatusCode == HttpStatusCode.OK ? ReadSuccess(text) : Explain(response, text);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return new RelayAnswer(RelayOutcome.Unreachable, Detail: exception.Message);
        }
    }

    private HttpRequestMessage Sign(RelayChunk chunk)
    {
        var head = new RelayRequest(
            chunk.Region,
            Instant.From(time.GetUtcNow()),
            chunk.ObjectKey,
            chunk.FirstLine,
            chunk.Lines,
            chunk.IsLast,
            Convert.ToHexStringLower(SHA256.HashData(chunk.Bytes.Span)),
            chunk.ObjectSha256);
        var request = new HttpRequestMessage(HttpMethod.Post, RelayRequest.Path) { Content = new ByteArrayContent(GzipMember.Compress(chunk.Bytes.Span)) };
        request.Content.Headers.ContentType = new("application/x-ndjson");
        request.Content.Headers.ContentEncoding.Add("gzip");
        foreach (var (name, value) in head.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        request.Headers.TryAddWithoutValidation(RelayRequest.SignatureHeader, Convert.ToHexStringLower(key.Sign(head.SignedText())));
        return request;
    }

    private static RelayAnswer ReadSuccess(string text)
    {
        try
        {
            if (JsonSerializer.Deserialize(text, RelayJson.Default.RelayAnswerBody) is { } body)
                return body.ToAnswer();
        }
        catch (JsonException)
        {
            // Said below.
        }

        // A proxy's page, most likely. Nothing is known to be stored.
        return new RelayAnswer(RelayOutcome.Unreachable, Detail: "what answers there is no primary: 200 without its answer");
    }

    private static RelayAnswer Explain(HttpResponseMessage response, string text)
    {
        var outcome = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => RelayOutcome.Denied,
            // The same again would be answered the same.
            HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge => RelayOutcome.Refused,
            HttpStatusCode.FailedDependency => RelayOutcome.UnknownSource,
            HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests => RelayOutcome.Busy,
            _ => RelayOutcome.Unreachable,
        };
        var detail = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {text.ReplaceLineEndings(" ")}");
        return new RelayAnswer(outcome, Detail: detail.Length > 300 ? detail[..300] : detail, RetryAfter: response.Headers.RetryAfter?.Delta);
    }
}

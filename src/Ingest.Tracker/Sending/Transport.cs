using System.Globalization;
using System.IO.Compression;
using System.Net.Http.Headers;

namespace Ingest.Tracker;

/// <summary>Posts bodies. Every way in which that can fail becomes an <see cref="Answer"/>.</summary>
internal sealed class Transport : IDisposable
{
    /// <summary>Below this, compression saves no packet.</summary>
    private const int CompressFrom = 1_024;

    private const int AnswerBytesMax = 64 << 10;

    /// <summary>Slowest line for which there is time: a large event must not time out for ever.</summary>
    private const int BytesPerSecondMin = 4_096;

    private readonly TrackerOptions _options;
    private readonly TrackerProtocol _protocol;

    public Transport(TrackerOptions options)
    {
        _options = options;
        _protocol = options.Protocol!;
        Client = new HttpClient(options.HttpHandler ?? NewHandler(options), disposeHandler: options.HttpHandler is null)
        {
            // Each request has a time-out of its own.
            Timeout = Timeout.InfiniteTimeSpan,
            // What is read of an answer, as of a list of regions; of those to events nothing is read but the head.
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    public HttpClient Client { get; }

    /// <summary>Posts a body to a collector.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/>, and nothing else.</exception>
    public async Task<Answer> PostAsync(Uri endpoint, byte[] body, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint, _protocol.Path));
            request.Content = Content(body, out var bytes);
            deadline.CancelAfter(_options.RequestTimeout + TimeSpan.FromSeconds(bytes / (double)BytesPerSecondMin));
            request.Headers.TryAddWithoutValidation("User-Agent", TrackerVersion.Text);
            _protocol.Sign(request);
            using var response = await Client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return Read(response, request, endpoint);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return Failed(endpoint, "no answer in time");
        }
        catch (Exception e)
        {
            // A handler may throw anything; whatever it is, the events are still there and are sent again.
            return Failed(endpoint, (e.InnerException ?? e).Message);
        }
    }

    public void Dispose() => Client.Dispose();

    private static HttpMessageHandler NewHandler(TrackerOptions options) =>
#if NET
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Connections end now and then, so that a change of DNS moves the tracker.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            // Who does not even answer a connection gets no time for the body.
            ConnectTimeout = options.RequestTimeout,
        };
#else
        new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false };
#endif

    private Answer Read(HttpResponseMessage response, HttpRequestMessage request, Uri endpoint)
    {
        var status = (int)response.StatusCode;
        // A handler that follows redirections asks the new place with a GET: that success is not ours.
        var kind = request.Method == HttpMethod.Post ? Answer.KindOf(status) : AnswerKind.Denied;
        var problem = kind == AnswerKind.Delivered
            ? null
            : string.Format(CultureInfo.InvariantCulture, "{0}: status {1}", endpoint, status);
        return new Answer(kind, status, RetryAfter(response.Headers.RetryAfter), problem);
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > _options.Clock.UtcNow => date - _options.Clock.UtcNow,
        _ => null,
    };

    private static Answer Failed(Uri endpoint, string problem) => new(AnswerKind.Failed, 0, null, endpoint + ": " + problem);

    private ByteArrayContent Content(byte[] body, out long bytes)
    {
        if (!_protocol.CanCompress || body.Length < CompressFrom)
        {
            bytes = body.Length;
            return Typed(new ByteArrayContent(body));
        }
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(body, 0, body.Length);
        bytes = zipped.Length;
        var content = Typed(new ByteArrayContent(zipped.GetBuffer(), 0, (int)bytes));
        content.Headers.ContentEncoding.Add("gzip");
        return content;
    }

    private static ByteArrayContent Typed(ByteArrayContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        return content;
    }
}

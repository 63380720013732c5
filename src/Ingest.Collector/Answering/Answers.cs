using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// Every way in which a request can end, for all protocols. What clients do with a status decides which one is used:
/// <list type="bullet">
/// <item>Snowplow trackers take only 2xx as success (.NET: only 200), drop on 400, 401, 403, 410 and 422, and send
/// anything else again without end, blocking the events behind it. So what cannot become better by sending again is
/// stored in the quarantine and answered 200.</item>
/// <item>Segment and RudderStack SDKs drop on 4xx but 429; PostHog's browser SDK drops on every 4xx. All of them send a
/// 503 again, with back-off.</item>
/// <item>Webhook senders send a 503 again for hours to days; many switch an endpoint off that answers 4xx.</item>
/// </list>
/// 429 is never used: some SDKs drop on it, none treats it better than 503.
/// </summary>
public enum Answer
{
    /// <summary>200. Every event is durable, good or quarantined. The only status that all clients take as success.</summary>
    Stored,

    /// <summary>200. The visitor's do-not-track cookie forbids storing. An error would make the tracker send it again.</summary>
    NotTracked,

    /// <summary>200. CORS preflight.</summary>
    Preflight,

    /// <summary>200. Health, readiness, robots.txt.</summary>
    Information,

    /// <summary>
    /// 400. The HTTP message itself is broken (chunking, a body shorter than announced): whatever was meant did not
    /// arrive whole, so nothing can be stored. Such clients have gone, or are no SDK.
    /// </summary>
    BadRequest,

    /// <summary>
    /// 401. The source exists and the write key is missing or surely wrong. Every SDK drops on it, so no tracker path uses it.
    /// </summary>
    Unauthorized,

    /// <summary>404. The source of a plain JSON request does not exist. Somebody is setting up, and must see it.</summary>
    UnknownSource,

    /// <summary>404. No such route. Snowplow trackers send again for ever, so a mistyped path loses nothing once it is mended.</summary>
    UnknownRoute,

    /// <summary>405. The route exists for another method.</summary>
    WrongMethod,

    /// <summary>408. The body came slower than the limits allow. Every SDK sends it again.</summary>
    TooSlow,

    /// <summary>
    /// 413. The body is over the hard cap, as sent or once decompressed. PostHog's SDKs halve the batch; Snowplow
    /// trackers send again, but cap their bodies at 40 kB.
    /// </summary>
    TooLarge,

    /// <summary>413. More events in one request than memory is set aside for; the client must split it.</summary>
    TooManyEvents,

    /// <summary>500. A fault of ours, logged. Nothing was acknowledged; every SDK sends it again.</summary>
    Failed,

    /// <summary>503 with Retry-After. Requests or bytes in flight are at their limit. Every SDK sends it again.</summary>
    Overloaded,

    /// <summary>503 with Retry-After. Nothing can be stored now. Every SDK sends it again; deduplication makes that safe.</summary>
    Unavailable,

    /// <summary>No answer: the client went away before its request was complete.</summary>
    Aborted,
}

/// <summary>How an <see cref="Answer"/> looks on the wire.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Code">Machine-readable name: in error bodies, metrics and status.</param>
/// <param name="Message">For the person who reads the error; empty for a success.</param>
/// <param name="RetryAfter">True where the answer says when to come back.</param>
public sealed record AnswerRow(int Status, string Code, string Message, bool RetryAfter = false)
{
    /// <summary>The error's body, a JSON object; empty for a success.</summary>
    public ReadOnlyMemory<byte> Body { get; } = Message.Length == 0
        ? default
        : Encoding.UTF8.GetBytes($$"""{"error":"{{Code}}","message":"{{Message}}"}""");
}

/// <summary>The one table of answers.</summary>
public static class Answers
{
    private static readonly AnswerRow[] Rows = Fill();

    /// <summary>Number of different answers.</summary>
    public static int Count => Rows.Length;

    public static AnswerRow Of(Answer answer) => Rows[(int)answer];

    private static AnswerRow[] Fill() =>
    [
        .. Enum.GetValues<Answer>().Select(answer => answer switch
        {
            Answer.Stored => new AnswerRow(StatusCodes.Status200OK, "stored", ""),
            Answer.NotTracked => new(StatusCodes.Status200OK, "not_tracked", ""),
            Answer.Preflight => new(StatusCodes.Status200OK, "preflight", ""),
            Answer.Information => new(StatusCodes.Status200OK, "information", ""),
            Answer.BadRequest => new(StatusCodes.Status400BadRequest, "bad_request",
                "The body did not arrive as its headers announced it."),
            Answer.Unauthorized => new(StatusCodes.Status401Unauthorized, "unauthorized",
                "The write key is missing or wrong. Send it as: Authorization: Bearer KEY"),
            Answer.UnknownSource => new(StatusCodes.Status404NotFound, "unknown_source",
                "There is no such source. Each file in config/sources defines one."),
            Answer.UnknownRoute => new(StatusCodes.Status404NotFound, "unknown_route",
                "There is nothing here. Post plain JSON to /v1/events/SOURCE, tracker payloads to /com.snowplowanalytics.snowplow/tp2."),
            Answer.WrongMethod => new(StatusCodes.Status405MethodNotAllowed, "wrong_method",
                "This path takes another method; see the header Allow."),
            Answer.TooSlow => new(StatusCodes.Status408RequestTimeout, "too_slow",
                "The body took too long to arrive."),
            Answer.TooLarge => new(StatusCodes.Status413PayloadTooLarge, "too_large",
                "The body is over the limit, as sent or once decompressed. Send fewer events at once."),
            Answer.TooManyEvents => new(StatusCodes.Status413PayloadTooLarge, "too_many_events",
                "The body holds more events than one request may bring. Send fewer events at once."),
            Answer.Failed => new(StatusCodes.Status500InternalServerError, "failed",
                "An internal fault; nothing was acknowledged. Send it again."),
            Answer.Overloaded => new(StatusCodes.Status503ServiceUnavailable, "overloaded",
                "Too much is in flight. Send it again after Retry-After.", RetryAfter: true),
            Answer.Unavailable => new(StatusCodes.Status503ServiceUnavailable, "unavailable",
                "Nothing can be stored now. Send it again after Retry-After.", RetryAfter: true),
            Answer.Aborted => new(StatusCodes.Status499ClientClosedRequest, "aborted", ""),
            _ => throw new InvalidOperationException($"{answer} has no row."),
        }),
    ];
}

using Ingest.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Collector;

/// <summary>The collector's one request delegate: finds what a request wants and hands it there.</summary>
/// <remarks>
/// <code>
/// POST      /v1/events/SOURCE                    plain JSON
/// POST      /com.snowplowanalytics.snowplow/tp2  tracker payloads; sources may add paths of their own
/// GET HEAD  the same, /i, /ice.png               one tracker event in the query, answered by a pixel
/// GET HEAD  /health                              200 as long as the process lives
/// GET HEAD  /ready, /sink-health                 200 where events can be stored now, else 503
/// OPTIONS   anything                             CORS preflight
/// </code>
/// </remarks>
public sealed class CollectorApp
{
    private readonly SourceCatalogue _catalogue;
    private readonly IReadiness _readiness;
    private readonly AnswerWriter _writer;
    private readonly EventPipeline _pipeline;
    private readonly PlainJsonProtocol _plainJson;
    private readonly SnowplowProtocol _snowplow;

    public CollectorApp(
        CollectorSettings settings,
        SourceCatalogue catalogue,
        IIntake intake,
        IReadiness readiness,
        TimeProvider time,
        ILogger<CollectorApp> logger,
        IIdSource? ids = null)
    {
        ids ??= new RandomIds(time);
        var limits = settings.Limits;
        _catalogue = catalogue;
        _readiness = readiness;
        Counters = new CollectorCounters();
        Gate = new ConcurrencyGate(limits.RequestsInFlightMax, limits.BytesInFlightMax);
        _writer = new AnswerWriter(limits, Random.Shared);
        _pipeline = new EventPipeline(settings, Gate, Counters, _writer, time, logger);
        _plainJson = new PlainJsonProtocol(settings, intake, ids);
        _snowplow = new SnowplowProtocol(settings, intake, time, ids);
    }

    /// <summary>What happened since the start.</summary>
    public CollectorCounters Counters { get; }

    /// <summary>What is in flight.</summary>
    public ConcurrencyGate Gate { get; }

    /// <summary>Answers one request.</summary>
    public Task HandleAsync(HttpContext context)
    {
        Cors.Apply(context);
        var path = context.Request.Path.Value ?? "";
        var isPlainJson = path.StartsWith(PlainJsonProtocol.PathPrefix, StringComparison.Ordinal);
        if (HttpMethods.IsOptions(context.Request.Method))
            return PreflightAsync(context, isTracker: !isPlainJson);
        if (isPlainJson)
            return PlainJsonAsync(context, path.AsSpan(PlainJsonProtocol.PathPrefix.Length));
        return path switch
        {
            SnowplowProtocol.DefaultPath => TrackerAsync(context, source: null, takesPost: true),
            "/i" or "/ice.png" => TrackerAsync(context, source: null, takesPost: false),
            "/health" => InformAsync(context, "ok"),
            "/ready" or "/sink-health" => ReadinessAsync(context),
            "/robots.txt" => InformAsync(context, "User-agent: *\nDisallow: /\n"),
            _ => _catalogue.Current.TryGetByPath(path, out var source)
                ? TrackerAsync(context, source, takesPost: true)
                : _pipeline.RefuseAsync(context, Answer.UnknownRoute),
        };
    }

    private Task TrackerAsync(HttpContext context, Source? source, bool takesPost)
    {
        var method = context.Request.Method;
        return IsRead(method) || (takesPost && HttpMethods.IsPost(method))
            ? _pipeline.AcceptAsync(context, _snowplow, _catalogue.Current, source)
            : WrongMethodAsync(context, takesPost ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS");
    }

    private Task PlainJsonAsync(HttpContext context, ReadOnlySpan<char> name)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
            return WrongMethodAsync(context, "POST, OPTIONS");
        var sources = _catalogue.Current;
        if (!sources.TryGet(name, out var source))
            return _pipeline.RefuseAsync(context, Answer.UnknownSource);
        return ConnectionAdmission.Admits(context, source.WriteKeys)
            ? _pipeline.AcceptAsync(context, _plainJson, sources, source)
            : _pipeline.RefuseAsync(context, Answer.Unauthorized);
    }

    private Task PreflightAsync(HttpContext context, bool isTracker)
    {
        Counters.OnAnswered(Answer.Preflight);
        Cors.Preflight(context, isTracker);
        context.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private Task ReadinessAsync(HttpContext context)
    {
        if (_readiness.CanStore(out var why))
            return InformAsync(context, "ok");
        Counters.OnAnswered(Answer.Unavailable);
        _writer.SetRetryAfter(context);
        return AnswerWriter.WriteTextAsync(context, StatusCodes.Status503ServiceUnavailable, why ?? "not ready");
    }

    private Task InformAsync(HttpContext context, string text)
    {
        if (!IsRead(context.Request.Method))
            return WrongMethodAsync(context, "GET, HEAD, OPTIONS");
        Counters.OnAnswered(Answer.Information);
        return AnswerWriter.WriteTextAsync(context, StatusCodes.Status200OK, text);
    }

    private Task WrongMethodAsync(HttpContext context, string allow)
    {
        context.Response.Headers.Allow = allow;
        return _pipeline.RefuseAsync(context, Answer.WrongMethod);
    }

    private static bool IsRead(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method);
}

using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// The Snowplow tracker protocol: a POST brings a payload of events, a GET or HEAD one event in its query. The query of
/// a POST is merged into each of its events.
/// </summary>
public sealed class SnowplowProtocol(CollectorSettings settings, IIntake intake, TimeProvider time, IIdSource ids) : IProtocol
{
    /// <summary>The path that every tracker knows, for POST and GET.</summary>
    public const string DefaultPath = "/com.snowplowanalytics.snowplow/tp2";

    private readonly NetworkId _networkId = new(settings.Cookie, time, ids);

    public Taken Take(HttpContext context, SourceSet sources, Source? source, RequestBody body)
    {
        if (ForbidsStoring(context.Request))
            return Taken.As(Answer.NotTracked);
        SourceBatches? batches = new(body.Batch);
        try
        {
            if (ReadEvents(context.Request, sources, source, body, batches, out var nuid) is { } refusal)
                return Taken.As(refusal);
            var networkId = _networkId.Find(context.Request, nuid);
            // From here on the batches are those of the method that is called, which begins by taking them over.
            var owned = batches;
            batches = null;
            return Taken.ToStore(StoreAsync(context, owned, networkId));
        }
        finally
        {
            batches?.Dispose();
        }
    }

    public Task WriteSuccessAsync(HttpContext context, in IntakeResult counts) =>
        HttpMethods.IsPost(context.Request.Method)
            ? AnswerWriter.WriteOkAsync(context)
            : AnswerWriter.WritePixelAsync(context);

    /// <summary>Has the events stored, and disposes their batches.</summary>
    private async ValueTask<IntakeResult> StoreAsync(HttpContext context, SourceBatches batches, string networkId)
    {
        using var owned = batches;
        var result = new IntakeResult(IntakeOutcome.Stored);
        if (batches.All.Count > 0)
        {
            var facts = new RequestFacts(
                HttpMethods.IsPost(context.Request.Method) ? ProtocolNames.SnowplowPost : ProtocolNames.SnowplowGet,
                networkId,
                NetworkId.IsAnonymous(context.Request));
            foreach (var (_, batch) in batches.All)
                facts.Render(batch, context, settings);
            result = await batches.AcceptAsync(intake);
        }
        if (result.Outcome == IntakeOutcome.Stored)
            _networkId.SetCookie(context, networkId);
        return result;
    }

    private bool ForbidsStoring(HttpRequest request) =>
        settings.DoNotTrack is { } wish && request.Cookies[wish.Cookie] is { } value && wish.Value.IsMatch(value);

    /// <summary>Adds the events of the request to the batches of their sources.</summary>
    /// <param name="nuid">The network id that the query names; null where it names none.</param>
    /// <returns>Null, or why they are not taken.</returns>
    private Answer? ReadEvents(
        HttpRequest request, SourceSet sources, Source? source, RequestBody body, SourceBatches batches, out string? nuid)
    {
        var errors = new RequestErrors();
        using var reader = new TrackerEventReader(body.Batch, batches, sources, source, ids, errors);
        var query = QueryObject.Append(body.Batch, request.QueryString.Value ?? "");
        var asItem = query.Problem is null ? ReadQuery(body.Batch, query) : default;
        nuid = asItem[TrackerParameter.NetworkUserId] is { IsEmpty: false } id
            ? Encoding.UTF8.GetString(body.Batch[id])
            : null;
        if (!body.TryReserve(query.Json.Length))
            return Answer.Overloaded;
        if (HttpMethods.IsPost(request.Method))
            return ReadBody(body, query, reader, errors) ?? Charge(body, errors);
        if (query.Problem is null)
            reader.Add(asItem, isUtf8: true);
        else
            KeepQuery(reader, query, "");
        if (!IsBlank(body))
            reader.AddBytes(body.Whole, EventRules.Protocol, body.Problem is { } problem ? $"{LonePart.BodyOfGet}, and {problem}" : LonePart.BodyOfGet);
        return Charge(body, errors);
    }

    private static Answer? Charge(RequestBody body, RequestErrors errors) =>
        body.TryReserveErrors(errors.Count) ? null : Answer.Overloaded;

    private Answer? ReadBody(RequestBody body, QueryObject query, TrackerEventReader reader, RequestErrors errors)
    {
        if (body.Problem is { } problem)
        {
            reader.AddBytes(body.Whole, EventRules.NotJson, problem);
            KeepQuery(reader, query, "the body cannot be read: this is its query");
            return null;
        }
        if (IsBlank(body))
        {
            KeepQuery(reader, query, "the body is empty: this is its query");
            return null;
        }
        using var items = new PooledList<TrackerItem>();
        if (TrackerPayload.Read(body.Batch[body.Whole], settings.Limits.EventsMax, items, errors) is { } error)
        {
            reader.AddBytes(body.Whole, error.Rule, error.Found);
            KeepQuery(reader, query, "the body is no payload: this is its query");
            return null;
        }
        if (items.Count > settings.Limits.EventsMax)
            return Answer.TooManyEvents;
        if (!body.TryReserveEvents(items.Count))
            return Answer.Overloaded;
        return AddItems(body, items.Items, query, reader);
    }

    private Answer? AddItems(
        RequestBody body, ReadOnlySpan<TrackerItem> items, QueryObject query, TrackerEventReader reader)
    {
        var batch = body.Batch;
        var isUtf8 = Utf8.IsValid(batch[body.Whole]);
        var whole = query;
        // One id for several events would make them one.
        if (items.Length > 1)
            query = query.Without(batch, "eid"u8);
        if (!query.HasParameters)
        {
            KeepQuery(reader, query, "");
            foreach (ref readonly var item in items)
                reader.Add(item, isUtf8);
            return null;
        }
        // A long query times many items is a bomb, as gzip can be.
        var added = (long)items.Length * query.Json.Length;
        if (added > settings.Limits.DecompressedBytesMax)
        {
            reader.AddBytes(body.Whole, EventRules.Protocol, LonePart.BodyWithoutQuery(items.Length));
            KeepQuery(reader, whole, $"with it in each of {items.Length} events the body is too large");
            return null;
        }
        if (!body.TryReserve(added + body.Whole.Length))
            return Answer.Overloaded;
        var isInAny = false;
        foreach (ref readonly var item in items)
        {
            isInAny |= item.IsObject;
            reader.Add(Merge(batch, item, query), isUtf8);
        }
        if (!isInAny)
            KeepQuery(reader, whole, "no event of the body is an object that could have it: this is its query");
        return null;
    }

    private static bool IsBlank(RequestBody body) => JsonScan.Start(body.Batch[body.Whole]) == body.Whole.Length;

    /// <summary>Keeps a query for which there is no event.</summary>
    private static void KeepQuery(TrackerEventReader reader, QueryObject query, string why)
    {
        if (query.Problem is { } problem)
            reader.AddBytes(query.Json, problem.Rule, problem.Found);
        else if (query.HasParameters)
            reader.AddBytes(query.Json, EventRules.Protocol, why);
    }

    private static TrackerItem ReadQuery(EventBatch batch, QueryObject query)
    {
        var reader = new Utf8JsonReader(batch[query.Json]);
        reader.Read();
        return TrackerItem.Read(ref reader, query.Json.Offset, errors: null);
    }

    /// <summary>The item with the query's parameters in it. What was wrong with it before still is.</summary>
    private static TrackerItem Merge(EventBatch batch, in TrackerItem item, QueryObject query)
    {
        if (!item.IsObject)
            return item;
        var merged = MergedItem.Append(batch, item.Payload, query);
        var reader = new Utf8JsonReader(batch[merged], JsonScan.BodyOptions);
        reader.Read();
        var result = TrackerItem.Read(ref reader, merged.Offset, errors: null);
        result.Errors = item.Errors;
        return result;
    }
}

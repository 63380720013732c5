using System.Text.Unicode;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>Plain JSON: <c>POST /v1/events/SOURCE</c> with one object, an array, or one object a line; gzip or not.</summary>
public sealed class PlainJsonProtocol(
    CollectorSettings settings, IIntake intake, IIdSource ids) : IProtocol
{
    /// <summary>What the path starts with; the source's name follows.</summary>
    public const string PathPrefix = "/v1/events/";

    public Taken Take(HttpContext context, SourceSet sources, Source? source, RequestBody body)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (ReadEvents(source, body) is { } refusal)
            return Taken.As(refusal);
        if (body.Batch.Events.IsEmpty)
            return Taken.As(Answer.Stored);
        new RequestFacts(ProtocolNames.Json).Render(body.Batch, context, settings);
        return Taken.ToStore(intake.AcceptAsync(source.Name, body.Batch));
    }

    public Task WriteSuccessAsync(HttpContext context, in IntakeResult counts) =>
        AnswerWriter.WriteCountsAsync(context, counts);

    /// <summary>Adds the events of the body to its batch.</summary>
    /// <returns>Null, or why they are not taken.</returns>
    private Answer? ReadEvents(Source source, RequestBody body)
    {
        var batch = body.Batch;
        var errors = new RequestErrors();
        if (body.Problem is { } problem)
        {
            Quarantine.AddBytes(batch, body.Whole, EventRules.NotJson, problem, ids, errors);
            return null;
        }
        using var events = new PooledList<JsonEvent>();
        if (!JsonBody.TryScan(batch[body.Whole], source.Fields, settings.Limits.EventsMax, events))
            return Answer.TooManyEvents;
        if (!body.TryReserveEvents(events.Count))
            return Answer.Overloaded;
        var reader = new JsonEventReader(batch, source, ids, Utf8.IsValid(batch[body.Whole]), errors);
        foreach (ref readonly var found in events.Items)
            reader.Add(found);
        return body.TryReserveErrors(errors.Count) ? null : Answer.Overloaded;
    }
}

using Ingest.Engine;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ingest.Collector;

/// <summary>
/// What every request that brings events goes through, whatever its protocol: is there room, read the body,
/// store, answer. However it ends, it is answered by the table and counted once.
/// </summary>
public sealed class EventPipeline(
    CollectorSettings settings,
    ConcurrencyGate gate,
    CollectorCounters counters,
    AnswerWriter writer,
    TimeProvider time,
    ILogger logger)
{
    private readonly CollectorLog _log = new(logger, time);

    /// <summary>Takes a request in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="protocol">How to read it.</param>
    /// <param name="sources">The sources in force.</param>
    /// <param name="source">The source that the path names, if it does.</param>
    public Task AcceptAsync(HttpContext context, IProtocol protocol, SourceSet sources, Source? source) =>
        gate.TryEnter()
            ? AdmittedAsync(context, protocol, sources, source)
            : RefuseAsync(context, Answer.Overloaded);

    /// <summary>Answers with an error, after the body was drained so that the client gets to read it.</summary>
    public async Task RefuseAsync(HttpContext context, Answer answer)
    {
        using var body = new RequestBody(context, gate, settings.Limits, time);
        try
        {
            await body.DrainAsync();
        }
        catch (Exception e)
        {
            answer = AnswerOf(e);
        }
        counters.OnBodyRead(body.BytesSent);
        counters.OnAnswered(answer);
        await WriteErrorAsync(context, answer);
    }

    private async Task AdmittedAsync(HttpContext context, IProtocol protocol, SourceSet sources, Source? source)
    {
        RequestBody? body = null;
        var counts = default(IntakeResult);
        Answer answer;
        try
        {
            body = new RequestBody(context, gate, settings.Limits, time);
            if (await body.ReadAsync() is { } refusal)
                answer = refusal;
            else
            {
                var taken = protocol.Take(context, sources, source, body);
                if (taken.Decided is { } decided)
                    answer = decided;
                else
                {
                    counts = await taken.StoredAsync();
                    answer = AnswerOf(counts);
                }
            }
        }
        catch (Exception e)
        {
            answer = AnswerOf(e);
        }
        finally
        {
            // Before the answer: a slow reader of it must not hold memory.
            body?.Dispose();
            gate.Leave();
        }
        counters.OnBodyRead(body?.BytesSent ?? 0);
        counters.OnStored(counts);
        counters.OnAnswered(answer);
        if (answer is Answer.Stored or Answer.NotTracked)
            await protocol.WriteSuccessAsync(context, counts);
        else
            await WriteErrorAsync(context, answer);
    }

    private Task WriteErrorAsync(HttpContext context, Answer answer) =>
        answer == Answer.Aborted ? Task.CompletedTask : writer.WriteErrorAsync(context, answer);

    private Answer AnswerOf(in IntakeResult counts)
    {
        if (counts.Outcome == IntakeOutcome.Stored)
            return Answer.Stored;
        _log.OnUnavailable(counts.Reason);
        return Answer.Unavailable;
    }

    /// <summary>What went wrong on the connection, or with us.</summary>
    private Answer AnswerOf(Exception exception)
    {
        switch (exception)
        {
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return Answer.TooSlow;
            case BadHttpRequestException:
                return Answer.BadRequest;
            case ConnectionResetException or ConnectionAbortedException or OperationCanceledException:
                return Answer.Aborted;
            default:
                // One request's fault must not take the process down; the client keeps its events.
                _log.OnFailed(exception);
                return Answer.Failed;
        }
    }
}

using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Hosting;

/// <summary>
/// <c>POST /admin/v1/replay?source=SOURCE</c>: takes lines of the quarantine as they stand in the lake, judges them by the
/// rules of now, and stores those that pass. What fails is answered with its reasons and is not stored again: it stands
/// in the lake already. With <c>dry_run=true</c> nothing is stored.
/// </summary>
/// <param name="intake">Where good events go; asked at each request, since a runtime has it once it is open.</param>
/// <param name="gate">Bounds the memory of all requests.</param>
/// <param name="configuration">The sources.</param>
/// <param name="time">Stamps the replay.</param>
public sealed class ReplayPage(
    Func<IIntake> intake, ConcurrencyGate gate, CollectorConfiguration configuration, TimeProvider time)
{
    /// <summary>Where it is.</summary>
    public const string Path = "/admin/v1/replay";

    private readonly CollectorLimits _limits = configuration.Settings.Limits with
    {
        BodyBytesMax = ReplayLimits.RequestBytesMax,
        DecompressedBytesMax = ReplayLimits.RequestBytesMax,
    };

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var answers = new AnswerWriter(_limits, Random.Shared);
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await answers.WriteErrorAsync(context, Answer.WrongMethod);
            return;
        }
        if (!configuration.Catalogue.TryGet(context.Request.Query["source"].ToString(), out var source))
        {
            await answers.WriteErrorAsync(context, Answer.UnknownSource);
            return;
        }
        using var body = new RequestBody(context, gate, _limits, time);
        // The lines are copied once, each into a batch of its own.
        var refusal = await body.ReadAsync() ?? (body.TryReserve(body.Whole.Length) ? null : Answer.Overloaded);
        if (refusal is { } answer)
        {
            await answers.WriteErrorAsync(context, answer);
            return;
        }
        try
        {
            var isDryRun = context.Request.Query["dry_run"] == "true";
            await ReplayAsync(context, answers, new StoredEventReader(configuration.Catalogue.Current, _limits), source, body, isDryRun);
        }
        catch (InvalidDataException exception)
        {
            await AnswerWriter.WriteTextAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }
    }

    private async Task ReplayAsync(
        HttpContext context, AnswerWriter answers, StoredEventReader reader, Source source, RequestBody body, bool isDryRun)
    {
        // One moment for the whole request, taken before anything is stored.
        var now = Instant.From(time.GetUtcNow());
        var replay = new ReplayedLines(intake(), _limits.EventsMax, isDryRun);
        try
        {
            for (var at = 0; at < body.Whole.Length;)
            {
                var line = LineAt(body, ref at);
                if (replay.Count == ReplayLimits.LinesMax)
                    throw new InvalidDataException($"more than {ReplayLimits.LinesMax} lines: send fewer at once");
                await replay.AddAsync(Read(reader, source, line, now, replay.Count + 1));
            }
        }
        finally
        {
            await replay.SettleAsync();
        }
        if (replay.IsUnavailable)
            await answers.WriteErrorAsync(context, Answer.Unavailable);
        else
            await WriteAsync(context, new ReplayAnswer(replay.Lines));
    }

    private static StoredEvents Read(StoredEventReader reader, Source source, ReadOnlyMemory<byte> line, Instant now, int number)
    {
        StoredEvents events;
        try
        {
            events = reader.Read(line.Span, now);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"line {number}: {exception.Message}", exception);
        }
        var problem = events.Line.Source != source.Name ? $"it is of source {events.Line.Source}"
            : events.Line.Errors.Count == 0 ? "it is no line of the quarantine"
            : null;
        if (problem is null)
            return events;
        events.Dispose();
        throw new InvalidDataException($"line {number}: {problem}");
    }

    private static ReadOnlyMemory<byte> LineAt(RequestBody body, ref int at)
    {
        var rest = body.Batch.Memory[at..body.Whole.Length];
        var end = rest.Span.IndexOf((byte)'\n');
        var line = end < 0 ? rest : rest[..end];
        at += line.Length + 1;
        return line;
    }

    private static Task WriteAsync(HttpContext context, ReplayAnswer answer)
    {
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.Body, answer, ReplayJson.Default.ReplayAnswer, context.RequestAborted);
    }
}

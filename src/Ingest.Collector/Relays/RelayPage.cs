using System.Security.Cryptography;
using System.Text.Json;
using Ingest.Engine;
using Microsoft.AspNetCore.Http;

namespace Ingest.Collector;

/// <summary>
/// <c>POST /v1/relay</c>: lines of a relay object of another region, signed with the shared key. Live traffic comes first:
/// relays have a small gate of their own, and are sent away while the collector is busy or the journal is not well.
/// </summary>
/// <param name="key">The shared key.</param>
/// <param name="intake">Where the events go.</param>
/// <param name="live">What live traffic has in flight.</param>
/// <param name="limits">The collector's limits.</param>
/// <param name="notNow">Why no relay is welcome now, as far as the server knows; null when they are.</param>
/// <param name="time">The clock by which a request is fresh.</param>
public sealed class RelayPage(
    RelayKey key, RelayIntake intake, ConcurrencyGate live, CollectorLimits limits, Func<string?> notNow, TimeProvider time)
{
    private readonly ConcurrencyGate _gate = new(RelayGateLimits.RequestsMax, RelayGateLimits.BytesMax(limits));
    private readonly AnswerWriter _answers = new(limits, Random.Shared);

    private readonly CollectorLimits _bodyLimits = limits with
    {
        BodyBytesMax = RelayGateLimits.RequestBytesMax(limits),
        DecompressedBytesMax = RelayGateLimits.RequestBytesMax(limits),
    };

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            await _answers.WriteErrorAsync(context, Answer.WrongMethod);
            return;
        }

        using var body = new RequestBody(context, _gate, _bodyLimits, time);
        if (!TryAuthorize(context, out var request, out var refusal))
        {
            await body.DrainAsync();
            await AnswerWriter.WriteTextAsync(context, refusal.Status, refusal.Text);
        }
        else if (BusyWith() is { } why)
        {
            await body.DrainAsync();
            await WriteBusyAsync(context, why);
        }
        else if (!_gate.TryEnter())
        {
            await body.DrainAsync();
            await WriteBusyAsync(context, "too many relay requests at once");
        }
        else
        {
            try
            {
                await TakeAsync(context, request!, body);
            }
            finally
            {
                _gate.Leave();
            }
        }
    }

    private bool TryAuthorize(HttpContext context, out RelayRequest? request, out (int Status, string Text) refusal)
    {
        var headers = context.Request.Headers;
        refusal = default;
        if (!RelayRequest.TryRead(name => headers[name].ToString(), out request) || request.Lines > RelayGateLimits.LinesMax)
            refusal = (StatusCodes.Status400BadRequest, "The headers of a relay are missing or of another form.");
        else if (!IsSigned(request, headers[RelayRequest.SignatureHeader].ToString()))
            refusal = (StatusCodes.Status401Unauthorized, "The signature does not hold: both regions must have the same relay key.");
        else if ((Now - request.Time).Duration() > RelayGateLimits.ClockSkewMax)
            refusal = (StatusCodes.Status401Unauthorized, $"It was signed at {request.Time}; it is {Now} here, and {RelayGateLimits.ClockSkewMax} is allowed. Set the clocks.");
        return refusal == default;
    }

    private bool IsSigned(RelayRequest request, string signature)
    {
        Span<byte> given = stackalloc byte[SHA256.HashSizeInBytes];
        return signature.Length == 2 * given.Length
            && Convert.FromHexString(signature, given, out _, out _) == System.Buffers.OperationStatus.Done
            && key.Verify(request.SignedText(), given);
    }

    private string? BusyWith()
    {
        if (notNow() is { } why)
            return why;
        return live.Requests * 100L > limits.RequestsInFlightMax * (long)RelayGateLimits.LivePercentMax
            || live.Bytes * 100 > limits.BytesInFlightMax * RelayGateLimits.LivePercentMax
            ? "live traffic needs the room"
            : null;
    }

    private async Task TakeAsync(HttpContext context, RelayRequest request, RequestBody body)
    {
        if (await body.ReadAsync() is { } refusal)
        {
            await _answers.WriteErrorAsync(context, refusal);
            return;
        }

        var lines = body.Batch.Memory[..body.Whole.Length];
        if (body.Problem is { } problem)
            await AnswerWriter.WriteTextAsync(context, StatusCodes.Status400BadRequest, problem);
        else if (Convert.ToHexStringLower(SHA256.HashData(lines.Span)) != request.Sha256)
            await AnswerWriter.WriteTextAsync(context, StatusCodes.Status400BadRequest, "The lines are not those that were signed.");
        // They are copied once, each into a batch of its own.
        else if (!body.TryReserve(lines.Length))
            await WriteBusyAsync(context, "too many bytes of relays at once");
        else
            await AnswerAsync(context, await intake.AcceptAsync(
                new RelayChunk(request.Region, request.ObjectKey, request.FirstLine, request.Lines, request.IsLast, lines, request.ObjectSha256), context.RequestAborted));
    }

    private Task AnswerAsync(HttpContext context, in RelayAnswer answer)
    {
        switch (answer.Outcome)
        {
            case RelayOutcome.Stored or RelayOutcome.AlreadyDelivered:
                context.Response.ContentType = "application/json";
                return JsonSerializer.SerializeAsync(
                    context.Response.Body, RelayAnswerBody.Of(answer), RelayJson.Default.RelayAnswerBody, context.RequestAborted);
            case RelayOutcome.UnknownSource:
                return AnswerWriter.WriteTextAsync(context, StatusCodes.Status424FailedDependency, answer.Detail ?? "the source is unknown");
            case RelayOutcome.Refused:
                return AnswerWriter.WriteTextAsync(context, StatusCodes.Status422UnprocessableEntity, answer.Detail ?? "refused");
            default:
                return WriteBusyAsync(context, answer.Detail ?? "nothing can be stored now");
        }
    }

    private Task WriteBusyAsync(HttpContext context, string why)
    {
        _answers.SetRetryAfter(context);
        return AnswerWriter.WriteTextAsync(context, StatusCodes.Status503ServiceUnavailable, why);
    }

    private Instant Now => Instant.From(time.GetUtcNow());
}

using Ingest.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Collector.Tests;

/// <summary>What becomes of a request whatever its protocol says of it.</summary>
public sealed class EventPipelineTests
{
    [Fact]
    public async Task A_protocol_that_neither_decides_nor_stores_has_failed()
    {
        Assert.Equal((StatusCodes.Status500InternalServerError, Answer.Failed), await AnswerToAsync(default));
    }

    [Fact]
    public async Task A_protocol_decides_or_stores()
    {
        var stored = new IntakeResult(IntakeOutcome.Stored, Accepted: 1);
        var unavailable = IntakeResult.Unavailable("a test");

        Assert.Equal((StatusCodes.Status413PayloadTooLarge, Answer.TooManyEvents), await AnswerToAsync(Taken.As(Answer.TooManyEvents)));
        Assert.Equal((StatusCodes.Status200OK, Answer.Stored), await AnswerToAsync(Taken.ToStore(ValueTask.FromResult(stored))));
        Assert.Equal((StatusCodes.Status503ServiceUnavailable, Answer.Unavailable), await AnswerToAsync(Taken.ToStore(ValueTask.FromResult(unavailable))));
    }

    private static async Task<(int Status, Answer Counted)> AnswerToAsync(Taken taken)
    {
        var settings = new CollectorSettings { Node = "node-1" };
        using var counters = new CollectorCounters();
        var pipeline = new EventPipeline(
            settings,
            new ConcurrencyGate(1, settings.Limits.BytesInFlightMax),
            counters,
            new AnswerWriter(settings.Limits, new Random(1)),
            TimeProvider.System,
            NullLogger.Instance);
        var context = new DefaultHttpContext();

        await pipeline.AcceptAsync(context, new FixedProtocol(taken), TestSources.All, source: null);

        return (context.Response.StatusCode, Assert.Single(Enum.GetValues<Answer>(), answer => counters.RequestsOf(answer) > 0));
    }

    /// <summary>Says the same of every request.</summary>
    private sealed class FixedProtocol(Taken taken) : IProtocol
    {
        public Taken Take(HttpContext context, SourceSet sources, Source? source, RequestBody body) => taken;

        public Task WriteSuccessAsync(HttpContext context, in IntakeResult counts) => AnswerWriter.WriteOkAsync(context);
    }
}

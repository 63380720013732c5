using System.Globalization;
using System.Text;
using System.Text.Json;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.TestKit;
using Microsoft.AspNetCore.Http;

namespace Ingest.Node.Tests;

/// <summary>The page behind <c>ingest quarantine replay</c>, on a node over a journal and a lake in memory.</summary>
public sealed class ReplayPageTests : IAsyncLifetime
{
    private readonly ConcurrencyGate _gate = new(requestsMax: 10, bytesMax: 200 << 20);
    private TestNode _node = null!;
    private ReplayPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _node = await TestNode.StartAsync();
        var sources = new SourceSet(
            [new Source { Name = "shop", Validator = new KnowsOneSchema() }, new Source { Name = "blog", Validator = new AcceptAll() }],
            new AcceptAll());
        var configuration = new CollectorConfiguration(new CollectorSettings(), new SourceCatalogue(sources));
        _page = new ReplayPage(() => _node.Host.Intake, _gate, configuration, TimeProvider.System);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task What_is_valid_now_is_stored_once_though_its_id_was_seen()
    {
        await QuarantineAsync("a", "b");
        var lines = Line("a", KnowsOneSchema.Uri) + Line("b", KnowsOneSchema.Uri);

        Assert.Equal([ReplayOutcome.Good, ReplayOutcome.Good], await OutcomesAsync(lines));
        Assert.Equal([ReplayOutcome.Duplicate, ReplayOutcome.Duplicate], await OutcomesAsync(lines));
        Assert.Equal([ReplayOutcome.Duplicate, ReplayOutcome.Good], await OutcomesAsync(Line("b", KnowsOneSchema.Uri) + Line("c", KnowsOneSchema.Uri)));

        await _node.DrainAsync();
        Assert.Equal(["a", "b", "c"], (await _node.ReadLakeAsync()).Order(StringComparer.Ordinal));
        var counts = Assert.Single(await _node.ReadLedgerAsync()).Counts;
        Assert.Equal((3, 2, 3), (counts.Good, counts.Quarantined, counts.Duplicates));
    }

    [Fact]
    public async Task The_same_line_twice_in_a_request_is_stored_once()
    {
        var line = Line("a", KnowsOneSchema.Uri);
        Assert.Equal([ReplayOutcome.Good, ReplayOutcome.Duplicate], (await OutcomesAsync(line + line)).Order());
        await _node.DrainAsync();
        Assert.Equal(["a"], await _node.ReadLakeAsync());
    }

    [Fact]
    public async Task What_is_invalid_still_is_told_with_its_reasons_and_not_stored_again()
    {
        var answer = Answer(await PostAsync(Line("a", "iglu:com.acme/other/jsonschema/1-0-0") + Line("b", KnowsOneSchema.Uri)));
        Assert.Equal(["a", "b"], answer.Lines.Select(line => line.EventId));
        Assert.Equal([ReplayOutcome.Quarantined, ReplayOutcome.Good], answer.Lines.Select(line => line.Outcome));
        Assert.Equal(EventRules.UnknownSchema, Assert.Single(answer.Lines[0].Errors!).Rule);
        Assert.Null(answer.Lines[1].Errors);
        await _node.DrainAsync();
        var counts = Assert.Single(await _node.ReadLedgerAsync()).Counts;
        Assert.Equal((1, 0), (counts.Good, counts.Quarantined));
    }

    [Fact]
    public async Task A_dry_run_judges_and_stores_nothing()
    {
        var lines = Line("a", KnowsOneSchema.Uri) + Line("b", "iglu:com.acme/other/jsonschema/1-0-0");
        Assert.Equal([ReplayOutcome.Good, ReplayOutcome.Quarantined], await OutcomesAsync(lines, "?source=shop&dry_run=true"));
        Assert.Equal(0, _node.Journal.Appends);
        Assert.Equal([ReplayOutcome.Good, ReplayOutcome.Quarantined], await OutcomesAsync(lines));
    }

    [Fact]
    public async Task While_nothing_can_be_stored_the_answer_is_503_and_sending_again_is_safe()
    {
        var lines = Line("a", KnowsOneSchema.Uri) + Line("b", KnowsOneSchema.Uri);
        // The first append is stored, and its answer is lost.
        _node.Journal.Script.Enqueue(async (append, _) =>
        {
            await append();
            return new JournalResult(JournalOutcome.Unknown, "the answer was lost");
        });
        var refused = await PostAsync(lines);
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, refused.Response.StatusCode);
        Assert.Equal(1, refused.Response.Headers.RetryAfter.Count);

        Assert.DoesNotContain(ReplayOutcome.Quarantined, await OutcomesAsync(lines));
        await _node.DrainAsync();
        Assert.Equal(["a", "b"], (await _node.ReadLakeAsync()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Hundreds_of_lines_go_at_once()
    {
        var lines = string.Concat(Enumerable.Range(0, ReplayLimits.LinesMax).Select(i => Line($"e{i}", KnowsOneSchema.Uri)));
        Assert.All(await OutcomesAsync(lines), outcome => Assert.Equal(ReplayOutcome.Good, outcome));
        await _node.DrainAsync();
        Assert.Equal(ReplayLimits.LinesMax, (await _node.ReadLakeAsync()).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_told_so()
    {
        var good = Line("a", KnowsOneSchema.Uri);
        await RefusedAsync(404, "unknown_source", good, "?source=nobody");
        await RefusedAsync(404, "unknown_source", good, "");
        await RefusedAsync(400, "line 2: it is no line of the lake", good + "{\n");
        await RefusedAsync(400, "line 1: it is of source shop", good, "?source=blog");
        await RefusedAsync(400, "line 1: it is no line of the quarantine", """{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","payload":{}}""");
        await RefusedAsync(400, $"more than {ReplayLimits.LinesMax} lines", string.Concat(Enumerable.Repeat(Line("a", "x"), ReplayLimits.LinesMax + 1)));
        await RefusedAsync(413, "too_large", good, length: ReplayLimits.RequestBytesMax + 1);
        var read = await PostAsync(good, method: "GET");
        Assert.Equal((405, "POST"), (read.Response.StatusCode, read.Response.Headers.Allow.ToString()));
    }

    [Fact]
    public async Task Memory_that_is_not_to_be_had_is_503()
    {
        Assert.True(_gate.TryReserve((200 << 20) - 10));
        var refused = await PostAsync(Line("a", KnowsOneSchema.Uri));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, refused.Response.StatusCode);
        _gate.Release((200 << 20) - 10);
        Assert.Equal([ReplayOutcome.Good], await OutcomesAsync(Line("a", KnowsOneSchema.Uri)));
    }

    private async Task RefusedAsync(int status, string message, string lines, string query = "?source=shop", long? length = null)
    {
        var context = await PostAsync(lines, query, length: length);
        Assert.Equal(status, context.Response.StatusCode);
        Assert.Contains(message, BodyOf(context), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<ReplayOutcome>> OutcomesAsync(string lines, string query = "?source=shop") =>
        [.. Answer(await PostAsync(lines, query)).Lines.Select(line => line.Outcome)];

    private async Task<HttpContext> PostAsync(string lines, string query = "?source=shop", string method = "POST", long? length = null)
    {
        var bytes = Encoding.UTF8.GetBytes(lines);
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Request.Path = ReplayPage.Path;
        context.Request.QueryString = new QueryString(query);
        context.Request.ContentLength = length ?? bytes.Length;
        context.Request.Body = new MemoryStream(bytes);
        context.Response.Body = new MemoryStream();
        var reserved = _gate.Bytes;
        await _page.HandleAsync(context);
        Assert.Equal(reserved, _gate.Bytes);
        return context;
    }

    private static ReplayAnswer Answer(HttpContext context)
    {
        var body = BodyOf(context);
        Assert.True(context.Response.StatusCode == StatusCodes.Status200OK, $"{context.Response.StatusCode} {body}");
        return JsonSerializer.Deserialize(body, ReplayJson.Default.ReplayAnswer)!;
    }

    private static string BodyOf(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private static string Line(string id, string schema)
    {
        var original = JsonSerializer.Serialize($$"""{"event_id":"{{id}}","schema":"{{schema}}"}""");
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"event_id":"{{id}}","source":"shop","received_at":"2026-11-21T20:15:03.123Z","collector":{"protocol":"json"},"errors":[{"where":"","rule":"unknown_schema","found":"x"}],"original":{{original}},"original_base64":null}

            """);
    }

    /// <summary>Has events quarantined, so that their ids stand in the dedupe window.</summary>
    private async Task QuarantineAsync(params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        for (var i = 0; i < ids.Length; i++)
            batch.Replace(i, batch.Events[i] with { Errors = [new EventError("", EventRules.UnknownSchema, "x")] });
        var result = await _node.Host.Intake.AcceptAsync("shop", batch);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Quarantined: ids.Length), result);
    }

    /// <summary>Rules of now: one schema is there, and everything is valid by it.</summary>
    private sealed class KnowsOneSchema : IEventValidator
    {
        public const string Uri = "iglu:com.acme/order/jsonschema/1-0-0";

        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            if (Encoding.UTF8.GetString(batch[check.Schema]) != Uri)
                (errors ??= []).Add(new EventError(check.Where, EventRules.UnknownSchema, "there is no such schema"));
        }
    }
}

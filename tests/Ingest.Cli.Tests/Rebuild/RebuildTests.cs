using System.Globalization;
using System.Text;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;
using Ingest.TestKit;

namespace Ingest.Cli.Tests;

/// <summary>A rebuild, broken off wherever it writes, ends as one that was never broken off.</summary>
public sealed class RebuildTests : IAsyncLifetime
{
    private const int Objects = 3;

    private readonly MemoryLake _from = new();
    private readonly RebuildPrefix _prefix = RebuildPrefix.Parse("again/2026-11/", [])!;

    public async ValueTask InitializeAsync()
    {
        for (var number = 0; number < Objects; number++)
        {
            using var file = new LakeFile();
            for (var i = 0; i < 10; i++)
                file.Add(Encoding.UTF8.GetBytes(Line($"{number}-{i}")));
            await file.PutAsync(_from, KeyOf(number), TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task By_the_same_rules_every_line_is_the_same()
    {
        var into = new MemoryLake();
        using var run = await RunAsync(into, new AcceptAll());
        Assert.Equal((Objects, 0, 10 * Objects, 0), (run.Objects, run.ObjectsBefore, run.Good, run.Quarantined));
        for (var number = 0; number < Objects; number++)
            Assert.Equal(await LinesAsync(_from, KeyOf(number)), await LinesAsync(into, "again/2026-11/" + KeyOf(number)));
        Assert.Equal(2 * Objects + 1, (await ReadAsync(into)).Count);
    }

    [Fact]
    public async Task What_is_invalid_now_is_quarantined_with_its_reasons()
    {
        var into = new MemoryLake();
        using var run = await RunAsync(into, new RefusesOdd());
        Assert.Equal((5 * Objects, 5 * Objects), (run.Good, run.Quarantined));
        Assert.Equal(15, run.Reasons.ByReason["iglu:com.acme/n/jsonschema/1-0-0"]);
        var lines = await LinesAsync(into, "again/2026-11/" + KeyOf(0).Replace("good/", "quarantine/", StringComparison.Ordinal));
        Assert.Equal(5, lines.Count);
        Assert.Contains("\"event_id\":\"0-1\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"received_at\":\"2026-11-21T20:15:03.123Z\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("jsonschema/1-0-0#/multipleOf", lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_off_at_any_put_it_goes_on_to_the_same_end()
    {
        var whole = new MemoryLake();
        (await RunAsync(whole, new RefusesOdd())).Dispose();
        var expected = await ReadAsync(whole);
        for (var at = 1; at <= expected.Count; at++)
        {
            foreach (var isStored in (bool[])[false, true])
            {
                var into = new MemoryLake();
                await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(new FailingPuts(into, at, isStored), new RefusesOdd()));
                using var rest = await RunAsync(into, new RefusesOdd());
                Assert.Equal((Objects, 5 * Objects, 5 * Objects), (rest.Objects, rest.Good, rest.Quarantined));
                Assert.Equal(expected, await ReadAsync(into));
            }
        }
    }

    [Fact]
    public async Task Other_rules_are_a_conflict_before_anything_is_written()
    {
        var into = new MemoryLake();
        (await RunAsync(into, new AcceptAll())).Dispose();
        var before = await ReadAsync(into);
        var conflict = await Assert.ThrowsAsync<RebuildConflictException>(() => RunAsync(into, new RefusesOdd(), () => "others"));
        Assert.Contains("begun with other rules", conflict.Message, StringComparison.Ordinal);
        Assert.Equal(before, await ReadAsync(into));
    }

    [Fact]
    public async Task Rules_that_change_meanwhile_end_it()
    {
        var into = new MemoryLake();
        var asked = 0;
        var conflict = await Assert.ThrowsAsync<RebuildConflictException>(
            () => RunAsync(into, new AcceptAll(), () => ++asked <= 2 ? "these" : "others"));
        Assert.Contains(KeyOf(1), conflict.Message, StringComparison.Ordinal);
        // The rules, and the one object that was done before.
        Assert.Equal(3, (await ReadAsync(into)).Count);
    }

    [Fact]
    public async Task Something_else_below_the_prefix_is_not_overwritten()
    {
        var into = new MemoryLake();
        await LakePuts.PutAsync(into, "again/2026-11/" + KeyOf(0), [1, 2, 3], TestContext.Current.CancellationToken);
        var conflict = await Assert.ThrowsAsync<RebuildConflictException>(() => RunAsync(into, new AcceptAll()));
        Assert.Contains("is there already, with other content", conflict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_of_a_source_that_is_gone_and_a_damaged_one_are_skipped_and_named()
    {
        using var file = new LakeFile();
        file.Add(Encoding.UTF8.GetBytes(Line("x").Replace("\"shop\"", "\"gone\"", StringComparison.Ordinal)));
        await file.PutAsync(_from, KeyOf(7), TestContext.Current.CancellationToken);
        // Before, between and after those that are whole: none of them keeps the others from being rebuilt.
        var damaged = KeyOf(0).Replace("-000000000000.", "-000000000009.", StringComparison.Ordinal);
        await LakePuts.PutAsync(_from, damaged, [1, 2, 3], TestContext.Current.CancellationToken);
        var into = new MemoryLake();
        using var run = await RunAsync(into, new AcceptAll());
        Assert.Equal((Objects, 10 * Objects, 2), (run.Objects, run.Good, run.Skipped.Count));
        Assert.Contains(run.Skipped.Named, named => named.StartsWith(damaged, StringComparison.Ordinal));
        Assert.Contains(run.Skipped.Named, named => named.StartsWith(KeyOf(7), StringComparison.Ordinal)
            && named.Contains("line 1: its source gone is not configured", StringComparison.Ordinal));
        Assert.Equal(2 * Objects + 1, (await ReadAsync(into)).Count);
    }

    [Theory]
    [InlineData("good", "where the lake itself keeps things")]
    [InlineData("replays/x", "where the lake itself keeps things")]
    [InlineData("/x", "write a prefix")]
    [InlineData("a b", "write a prefix")]
    [InlineData("..", "write a prefix")]
    public void A_prefix_that_would_mix_with_the_lake_is_refused(string text, string mistake)
    {
        var mistakes = new List<string>();
        Assert.Null(RebuildPrefix.Parse(text, mistakes));
        Assert.Contains(mistake, Assert.Single(mistakes), StringComparison.Ordinal);
    }

    private async Task<RebuildRun> RunAsync(ILake into, IEventValidator validator, Func<string>? rules = null)
    {
        var sources = new SourceSet([new Source { Name = "shop", Validator = validator }], validator);
        var run = new RebuildRun(_from, into, _prefix, new StoredEventReader(sources, new CollectorLimits()));
        await run.RunAsync(rules ?? (() => "these"), "shop", HourSpan.All, _ => { }, TestContext.Current.CancellationToken);
        return run;
    }

    private static async Task<SortedDictionary<string, string>> ReadAsync(MemoryLake lake)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        await foreach (var entry in lake.ListAsync("", TestContext.Current.CancellationToken))
            found.Add(entry.Key, (await lake.FindAsync(entry.Key, TestContext.Current.CancellationToken))!.Sha256!);
        return found;
    }

    private static async Task<List<string>> LinesAsync(ILake lake, string key)
    {
        var lines = new List<string>();
        await foreach (var line in ObjectLines.ReadAsync(lake, key, TestContext.Current.CancellationToken))
            lines.Add(Encoding.UTF8.GetString(line.Span));
        return lines;
    }

    private static string KeyOf(int number) => string.Create(
        CultureInfo.InvariantCulture, $"good/source=shop/dt=2026-11-21/hr=20/shop-0-abcdefgh-{number:D12}-{number:D12}.json.gz");

    private static string Line(string id) =>
        $$$"""{"event_id":"{{{id}}}","source":"shop","name":"n","schema":"iglu:com.acme/n/jsonschema/1-0-0","occurred_at":null,"sent_at":null,"received_at":"2026-11-21T20:15:03.123Z","derived_at":"2026-11-21T20:15:03.123Z","collector":{"protocol":"json"},"payload":{"event_id":"{{{id}}}","name":"n","schema":"iglu:com.acme/n/jsonschema/1-0-0"}}""" + "\n";

    /// <summary>Refuses events whose id ends in an odd digit.</summary>
    private sealed class RefusesOdd : IEventValidator
    {
        public void Validate(EventBatch batch, in SchemaCheck check, ref List<EventError>? errors)
        {
            var text = Encoding.UTF8.GetString(batch[check.Instance]);
            if ((text[text.IndexOf("\",\"name\"", StringComparison.Ordinal) - 1] - '0') % 2 == 1)
                (errors ??= []).Add(new EventError("", "iglu:com.acme/n/jsonschema/1-0-0#/multipleOf", "odd"));
        }
    }
}

using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli.Tests;

public sealed class QuarantineTests
{
    private const string Key = "quarantine/source=web.shop-1/dt=2026-11-21/hr=20/web.shop-1-7-abcdefgh-000000000012-000000000340.json.gz";

    [Theory]
    [InlineData("unknown_schema", true)]
    [InlineData("iglu:com.acme/order", true)]
    [InlineData("iglu:com.acme/order/jsonschema/1-0-0#/minimum", true)]
    [InlineData("iglu:com.acme/other", false)]
    [InlineData("not_json", false)]
    public void An_event_is_taken_by_any_of_its_reasons(string reason, bool isTaken)
    {
        string[] rules = [EventRules.UnknownSchema, "iglu:com.acme/order/jsonschema/1-0-0#/minimum"];
        Assert.Equal(isTaken, new EventFilter(null, HourSpan.All, [reason]).Takes(rules));
        Assert.Equal(isTaken, new EventFilter(null, HourSpan.All, ["nothing", reason]).Takes(rules));
        Assert.True(new EventFilter(null, HourSpan.All, []).Takes(rules));
        Assert.Equal([EventRules.UnknownSchema, "iglu:com.acme/order/jsonschema/1-0-0"], EventFilter.ReasonsOf([.. rules, .. rules]));
    }

    [Fact]
    public void A_key_says_source_and_hour()
    {
        var key = ObjectKey.Read(Key)!;
        Assert.Equal(("web.shop-1", "2026-11-21T20Z"), (key.Source, key.Hour.ToString()));
        Assert.Equal("source=web.shop-1/dt=2026-11-21/hr=20/web.shop-1-7-abcdefgh-000000000012-000000000340", key.Stem);
        Assert.Null(ObjectKey.Read(Key + ".tmp"));
        Assert.Null(ObjectKey.Read("quarantine/x.json.gz"));
    }

    [Fact]
    public void Control_characters_do_not_reach_a_terminal()
    {
        Assert.Equal("\\u001B[31mred\\u000A\\u0009é", Terminal.Text("\u001b[31mred\n\té"));
        Assert.Equal("a\n\tb\\u000D", Terminal.Text("a\n\tb\r", keepsLines: true));
    }

    [Fact]
    public async Task Records_add_up_and_find_a_free_number()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var lake = new MemoryLake();
        var key = ObjectKey.Read(Key)!;
        var none = await ReplayRecords.ReadAsync(lake, key, cancellation);
        Assert.Equal((0, 0), (none.Count, none.Done.Count));

        await AddAsync(none, (1, ReplayOutcome.Good), (2, ReplayOutcome.Quarantined));
        // Another replay that began when the first one did: its record gets the next number.
        await AddAsync(none, (3, ReplayOutcome.Duplicate));
        var both = await ReplayRecords.ReadAsync(lake, key, cancellation);
        Assert.Equal(2, both.Count);
        Assert.Equal([1, 3], both.Done.Order());
        // What is known last of an event counts: the new reason, then that it is good.
        Assert.Equal(["old"], both.RulesOf(Found(1)));
        Assert.Equal(["new#"], both.RulesOf(Found(2)));
        Assert.Equal(ReplayOutcome.Quarantined, (await ReplayRecords.FindLastAsync(lake, Found(2), cancellation))!.Outcome);
        await AddAsync(both, (2, ReplayOutcome.Good));
        var all = await ReplayRecords.ReadAsync(lake, key, cancellation);
        Assert.Equal([1, 2, 3], all.Done.Order());
        Assert.Equal(["old"], all.RulesOf(Found(2)));
        Assert.Equal(ReplayOutcome.Good, (await ReplayRecords.FindLastAsync(lake, Found(2), cancellation))!.Outcome);
        Assert.Null(await ReplayRecords.FindLastAsync(lake, Found(4), cancellation));
        // The records of one object are not those of another whose name begins the same.
        var other = ObjectKey.Read(Key.Replace("-000000000340.", "-0000000003400.", StringComparison.Ordinal))!;
        Assert.Equal(0, (await ReplayRecords.ReadAsync(lake, other, cancellation)).Count);

        QuarantinedEvent Found(int number) => new(key, number, default, $"e{number}", [new EventError("", "old", "")]);

        async Task AddAsync(ReplayRecords records, params (int Line, ReplayOutcome Outcome)[] lines)
        {
            using var file = new LakeFile();
            foreach (var (line, outcome) in lines)
                file.Add(new ReplayRecord(Key, line, $"e{line}", outcome, new Instant(0), outcome == ReplayOutcome.Quarantined ? [new EventError("", "new#", "")] : null).Render());
            await records.StoreNextAsync(lake, key, file, cancellation);
        }
    }

    [Fact]
    public void Counts_are_by_reason_and_events_count_once()
    {
        var counts = new QuarantineCounts();
        var key = ObjectKey.Read(Key)!;
        counts.Add(key, ["a", "b#/x", "b#/y"], isReplayed: true);
        counts.Add(key, ["a"], isReplayed: false);
        Assert.Equal((2, 1), (counts.Events, counts.Replayed));
        Assert.Equal([("a", 2, 1), ("b", 1, 1)], counts.Rows.Select(row => (row.Reason, row.Events, row.Replayed)));
    }
}

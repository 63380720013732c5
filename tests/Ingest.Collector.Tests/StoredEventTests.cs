using System.Text;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

/// <summary>Stored lines that say something about replays by hand.</summary>
public sealed class StoredEventTests
{
    private const string Envelope = """{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[""";

    private static readonly Instant Now = Instant.From(new DateTimeOffset(2026, 11, 23, 8, 0, 0, TimeSpan.Zero));

    private static readonly StoredEventReader Reader = new(TestSources.All, new CollectorLimits());

    [Fact]
    public void A_replayed_event_keeps_its_head_and_says_when_it_came_again()
    {
        using var events = Reader.Read(Line("json", """{"event_id":"4\u0032","name":"order","occurred_at":"2026-11-21T20:00:00Z"}""", id: "42"), Now);
        Assert.Null(events.Judge());
        using var json = JsonDocument.Parse(Assert.Single(StoredLines.Of(events)));
        var line = json.RootElement;
        Assert.Equal("42", line.GetProperty("event_id").GetString());
        Assert.Equal("order", line.GetProperty("name").GetString());
        Assert.Equal("2026-11-21T20:15:03.123Z", line.GetProperty("received_at").GetString());
        Assert.Equal("2026-11-21T20:00:00.000Z", line.GetProperty("derived_at").GetString());
        Assert.Equal("""{"protocol":"json","node":"n1","replayed_at":"2026-11-23T08:00:00.000Z"}""", line.GetProperty("collector").GetRawText());
        Assert.Equal("""{"event_id":"4\u0032","name":"order","occurred_at":"2026-11-21T20:00:00Z"}""", line.GetProperty("payload").GetRawText());
    }

    [Fact]
    public void A_replay_has_an_identity_of_its_own_and_always_the_same()
    {
        UInt128 Identity(Instant? now)
        {
            using var events = Reader.Read(Line("json", "{}", id: Tracker.Id(1)), now);
            return Assert.Single(Assert.Single(events.Batches).Batch.Events.ToArray()).IdHash;
        }

        var own = EventId.Hash(Encoding.UTF8.GetBytes(Tracker.Id(1)));
        Assert.Equal(own, Identity(null));
        Assert.Equal(EventId.ReplayHash(own), Identity(Now));
        Assert.Equal(Identity(Now), Identity(Now + TimeSpan.FromDays(1)));
        Assert.NotEqual(own, Identity(Now));
    }

    [Fact]
    public async Task An_event_goes_in_without_the_documents_that_it_was_judged_by()
    {
        using var events = Reader.Read(Line("json", """{"schema":"iglu:a/b/jsonschema/1-0-0"}"""), Now);
        var intake = new FakeIntake();
        Assert.NotEmpty(events.Batches[0].Batch.Checks.ToArray());
        Assert.Null(events.Judge());
        await events.AcceptAsync(intake);
        Assert.Empty(intake.Single.Checks);
    }

    [Fact]
    public void An_assigned_id_stays_and_an_own_one_counts_only_where_the_original_was_unread()
    {
        Assert.Equal("assigned", Assert.Single(Ids(Line("json", """{"name":"x"}""", id: "assigned"))));
        Assert.Equal("first", Assert.Single(Ids(Line("json", """{"event_id":"other"}""", id: "first"))));
        Assert.Equal("assigned", Assert.Single(Ids(Line("json", """{"name":"x"}""", id: "assigned", rule: EventRules.NotJson))));
        Assert.Equal("own", Assert.Single(Ids(Line("json", """{"event_id":"own"}""", id: "assigned", rule: EventRules.NotJson))));
    }

    [Fact]
    public void Several_events_of_an_unread_body_have_their_own_ids_or_derived_ones()
    {
        var line = Line("json", "{\"event_id\":\"own\"}\n{\"name\":\"a\"}\n{\"name\":\"b\"}", id: "assigned", rule: EventRules.NotJson);
        var ids = Ids(line);
        Assert.Equal(ids, Ids(line));
        Assert.Equal(3, ids.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal("own", ids[0]);
        Assert.True(Guid.TryParse(ids[1], out var derived));
        Assert.Equal(8, derived.Version);
        Assert.NotEqual(ids, Ids(Line("json", "{\"event_id\":\"own\"}\n{\"name\":\"a\"}\n{\"name\":\"b\"}", id: "another", rule: EventRules.NotJson)));
    }

    [Fact]
    public void An_unread_body_passes_whole_or_not_at_all()
    {
        using var events = Reader.Read(Line("json", "{\"name\":\"a\"}\n{\"name\":1}", rule: EventRules.NotJson), Now);
        Assert.Equal(2, events.Count);
        Assert.Equal("/name", Assert.Single(events.Judge()!).Where);
    }

    [Fact]
    public void An_array_that_was_one_event_is_not_taken_apart()
    {
        using var events = Reader.Read(Line("json", """[{"name":"a"},{"name":"b"}]""", rule: EventRules.NotAnObject), Now);
        Assert.Equal(EventRules.NotAnObject, Assert.Single(events.Judge()!).Rule);
    }

    [Fact]
    public void A_payload_that_was_refused_whole_is_its_items()
    {
        var body = $"{Envelope}{Tracker.Item(("eid", Tracker.Id(1)))},{Tracker.Item(("eid", Tracker.Id(2)))}]}}";
        using var events = Reader.Read(Line("snowplow-tp2", body, rule: EventRules.Protocol), Now);
        Assert.Null(events.Judge());
        Assert.Equal([Tracker.Id(1), Tracker.Id(2)], Assert.Single(events.Batches).Batch.Events.ToArray().Select((_, i) => IdOf(events, i)));
    }

    [Theory]
    [InlineData("tv", true)]
    [InlineData("unheard-of", false)]
    public void A_parameter_is_held_to_the_protocol_where_it_was_before(string name, bool isGood)
    {
        var item = Tracker.Item((name, "1"));
        // Without an error of its own it came from the query, where any name may stand.
        using (var events = Reader.Read(Line("snowplow-tp2", item, where: "/aid", rule: EventRules.Protocol), Now))
            Assert.Null(events.Judge());
        using (var events = Reader.Read(Line("snowplow-tp2", item, where: "/" + name, rule: EventRules.Protocol), Now))
            Assert.Equal(isGood, events.Judge() is null);
    }

    [Fact]
    public void What_no_source_claimed_goes_to_the_source_that_claims_it_now()
    {
        var claimed = new SourceSet([TestSources.Blog], TestSources.Blog.Validator);
        var reader = new StoredEventReader(claimed, new CollectorLimits());
        var lost = Line("snowplow-tp2", Tracker.Item(("aid", "nobody")), source: "unknown", where: "/aid", rule: EventRules.Protocol);
        using (var events = reader.Read(lost, Now))
            Assert.Equal(EventRules.Protocol, Assert.Single(events.Judge()!).Rule);
        var found = Line("snowplow-tp2", Tracker.Item(("aid", "blog")), source: "unknown", where: "/aid", rule: EventRules.Protocol);
        using (var events = reader.Read(found, Now))
        {
            Assert.Null(events.Judge());
            Assert.Equal("blog", Assert.Single(events.Batches).Source.Name);
            Assert.Contains("replayed_at", Assert.Single(StoredLines.Of(events)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_come_back()
    {
        byte[] bytes = [0xff, 0x00, 0x0a];
        var line = Encoding.UTF8.GetBytes($$"""
            {"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","collector":{"protocol":"json"},"errors":[{"where":"","rule":"not_json","found":""}],"original":null,"original_base64":"{{Convert.ToBase64String(bytes)}}"}
            """);
        using var events = Reader.Read(line, Now);
        var (_, batch) = Assert.Single(events.Batches);
        Assert.Equal(bytes, batch[batch.Events[0].Payload].ToArray());
        Assert.NotNull(events.Judge());
    }

    [Fact]
    public void A_line_of_an_unknown_protocol_stays()
    {
        using var events = Reader.Read(Line("smoke-signs", "{}"), Now);
        Assert.Equal(EventRules.Protocol, Assert.Single(events.Judge()!).Rule);
    }

    [Theory]
    [InlineData("", "no line of the lake")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{}", "is missing")]
    [InlineData("""{"event_id":"1"}""", "is missing")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"yesterday","payload":{}}""", "no line of the lake")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z"}""", "neither payload nor errors")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","errors":[{"rule":"x"}]}""", "neither original")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","errors":[{"rule":"x"}],"original_base64":"?"}""", "no base64")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","errors":{},"original":""}""", "errors is not an array")]
    [InlineData("""{"event_id":"1","source":"shop","received_at":"2026-11-21T20:15:03.123Z","payload":{}} {}""", "no line of the lake")]
    [InlineData("""{"event_id":"1","source":"gone","received_at":"2026-11-21T20:15:03.123Z","payload":{}}""", "source gone is not configured")]
    public void What_is_no_stored_line_is_refused(string line, string message)
    {
        var fault = Assert.Throws<InvalidDataException>(() => Reader.Read(Encoding.UTF8.GetBytes(line)));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    private static string[] Ids(byte[] line)
    {
        using var events = Reader.Read(line, Now);
        Assert.Null(events.Judge());
        return [.. Enumerable.Range(0, events.Count).Select(i => IdOf(events, i))];
    }

    private static string IdOf(StoredEvents events, int index)
    {
        var (_, batch) = Assert.Single(events.Batches);
        return Encoding.UTF8.GetString(batch[batch.Events[index].Id]);
    }

    private static byte[] Line(
        string protocol, string original, string id = "1", string source = "shop", string where = "", string rule = EventRules.UnknownSchema) =>
        Encoding.UTF8.GetBytes($$"""
            {"event_id":"{{id}}","source":"{{source}}","received_at":"2026-11-21T20:15:03.123Z","collector":{"protocol":"{{protocol}}","node":"n1"},"errors":[{"where":"{{where}}","rule":"{{rule}}","found":"x"}],"original":{{JsonSerializer.Serialize(original)}},"original_base64":null}
            """);
}

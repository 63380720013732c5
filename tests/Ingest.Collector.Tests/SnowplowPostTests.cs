using System.Text;
using Ingest.Engine;

namespace Ingest.Collector.Tests;

public sealed class SnowplowPostTests : IAsyncLifetime
{
    private CollectorHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await CollectorHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_payload_is_answered_200_ok_as_text()
    {
        using var response = await _host.Client.PostAsync(Tracker.Payload(Tracker.Item()));

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Parameters_become_the_head_of_the_event_and_its_bytes_are_kept()
    {
        var item = Tracker.Item(
            ("eid", "3EB56C2C-44A0-4C21-8D0F-6B3C5E1A7C55"), ("aid", "shop-web"), ("dtm", "1795292100000"),
            ("stm", "1795292101500"), ("ttm", "1795292099000"));

        await _host.Client.PostAsync(Tracker.Payload(item)).OkAsync();

        var e = _host.Intake.Single;
        Assert.Equal("shop", e.Source);
        Assert.Equal(item, e.Text);
        Assert.Equal("3EB56C2C-44A0-4C21-8D0F-6B3C5E1A7C55", e.Id);
        Assert.Equal(EventId.Hash("3eb56c2c-44a0-4c21-8d0f-6b3c5e1a7c55"u8), e.IdHash);
        Assert.Equal("page_view", e.Name);
        Assert.Equal("", e.Schema);
        Assert.Equal(1_795_292_100_000, e.OccurredAt);
        Assert.Equal(1_795_292_101_500, e.SentAt);
        Assert.Equal(1_795_292_099_000, e.TrueAt);
        Assert.Empty(e.Errors);
        Assert.Equal("snowplow-tp2", e.FromCollector("protocol"));
    }

    [Theory]
    [InlineData("pv", "page_view")]
    [InlineData("pp", "page_ping")]
    [InlineData("se", "struct")]
    [InlineData("tr", "transaction")]
    [InlineData("ti", "transaction_item")]
    public async Task The_kind_of_event_gives_its_name(string type, string name)
    {
        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(("e", type)))).OkAsync();

        Assert.Equal(name, _host.Intake.Single.Name);
        Assert.Empty(_host.Intake.Single.Errors);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_self_describing_event_has_its_schemas_name_and_is_noted_for_validation(bool isBase64)
    {
        var document = Tracker.Event(Tracker.SelfDescribing("iglu:com.acme/sign_up/jsonschema/2-1-0", """{"mail":"ü\"\\"}"""));
        var item = isBase64
            ? Tracker.Item(("e", "ue"), ("ue_px", Tracker.Base64(document)))
            : Tracker.Item(("e", "ue"), ("ue_pr", document));

        await _host.Client.PostAsync(Tracker.Payload(item)).OkAsync();

        var e = _host.Intake.Single;
        Assert.Empty(e.Errors);
        Assert.Equal("sign_up", e.Name);
        Assert.Equal("iglu:com.acme/sign_up/jsonschema/2-1-0", e.Schema);
        Assert.Equal(
            ("iglu:com.acme/sign_up/jsonschema/2-1-0", """{"mail":"ü\"\\"}""", isBase64 ? "/ue_px/data/data" : "/ue_pr/data/data"),
            Assert.Single(e.Checks));
        Assert.Equal(item, e.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_context_is_noted_for_validation(bool isBase64)
    {
        var document = Tracker.Contexts(
            Tracker.SelfDescribing("iglu:com.acme/page/jsonschema/1-0-0", """{"a":1}"""),
            Tracker.SelfDescribing("iglu:com.acme/user/jsonschema/1-0-2", "[1,2]"));
        var name = isBase64 ? "cx" : "co";

        await _host.Client.PostAsync(Tracker.Payload(
            Tracker.Item((name, isBase64 ? Tracker.Base64(document) : document)))).OkAsync();

        var e = _host.Intake.Single;
        Assert.Empty(e.Errors);
        Assert.Equal("page_view", e.Name);
        Assert.Equal(
            [
                ("iglu:com.acme/page/jsonschema/1-0-0", """{"a":1}""", $"/{name}/data/0/data"),
                ("iglu:com.acme/user/jsonschema/1-0-2", "[1,2]", $"/{name}/data/1/data"),
            ],
            e.Checks);
    }

    [Theory]
    [InlineData("eyJhIjoxfQ", true)]
    [InlineData("eyJhIjoxfQ==", true)]
    [InlineData("_-_-", false)]
    [InlineData("not base64!", false)]
    public async Task Base64_may_be_padded_or_not(string encoded, bool isBase64)
    {
        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(("cx", encoded)))).OkAsync();

        var error = _host.Intake.Single.SingleError(EventRules.Protocol);
        Assert.Equal("/cx", error.Where);
        Assert.Equal(!isBase64, error.Found.Contains("base64", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Standard_base64_is_read_too()
    {
        // Its third byte of three makes a character that the two alphabets write otherwise.
        var document = Tracker.Contexts(Tracker.SelfDescribing("iglu:com.acme/page/jsonschema/1-0-0", """{"a":"?>~ÿ"}"""));
        var standard = Convert.ToBase64String(Encoding.UTF8.GetBytes(document));
        Assert.Contains(standard, c => c is '+' or '/');

        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(("cx", standard)))).OkAsync();

        Assert.Empty(_host.Intake.Single.Errors);
        Assert.Single(_host.Intake.Single.Checks);
    }

    [Theory]
    [InlineData("ue_pr", "{", "/ue_pr")]
    [InlineData("ue_pr", "[]", "/ue_pr")]
    [InlineData("ue_pr", """{"schema":"iglu:com.acme/x/jsonschema/1-0-0","data":{}}""", "/ue_pr")]
    [InlineData("ue_pr", """{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{}}""", "/ue_pr/data")]
    [InlineData("ue_pr", """{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{"schema":"sign_up","data":{}}}""", "/ue_pr/data/schema")]
    [InlineData("ue_pr", """{"schema":"iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0","data":{}} x""", "/ue_pr")]
    [InlineData("co", """{"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":{}}""", "/co")]
    [InlineData("co", """{"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[1]}""", "/co/data/0")]
    [InlineData("co", """{"schema":"iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0","data":[{"schema":"iglu:a/b/jsonschema/1-0-0"}]}""", "/co/data/0")]
    public async Task A_document_that_is_not_self_describing_is_an_error_at_its_place(string name, string document, string where)
    {
        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(("e", name == "co" ? "pv" : "ue"), (name, document)))).OkAsync();

        Assert.Equal(where, _host.Intake.Single.SingleError(EventRules.Protocol).Where);
    }

    [Fact]
    public async Task A_bad_item_goes_to_the_quarantine_alone()
    {
        var good = Tracker.Item(("eid", Tracker.Id(1)));
        await _host.Client.PostAsync(Tracker.Payload(
            good,
            """{"e":"pv","p":"web"}""",
            """{"e":"pv","p":"web","tv":"x","url":null}""",
            """{"e":"pv","p":"web","tv":"x","res":1}""",
            """{"e":"pv","p":"web","tv":"x","nope":"1"}""",
            "7",
            Tracker.Item(("e", "xx")),
            Tracker.Item(("e", "ue")),
            Tracker.Item(("dtm", "soon")),
            Tracker.Item(("eid", Tracker.Id(2))))).OkAsync();

        var events = _host.Intake.Events;
        Assert.Equal(10, events.Count);
        Assert.Empty(events[0].Errors);
        Assert.Empty(events[9].Errors);
        Assert.Equal(
            ["/tv", "/url", "/res", "/nope", "", "/e", "/ue_pr", "/dtm"],
            events.Skip(1).Take(8).Select(e => Assert.Single(e.Errors).Where));
        Assert.Equal(EventRules.NotAnObject, events[5].Errors[0].Rule);
        Assert.Equal(EventRules.BadField, events[8].Errors[0].Rule);
        Assert.Equal("""{"e":"pv","p":"web","tv":"x","url":null}""", events[2].Text);
    }

    [Theory]
    [InlineData("not json", EventRules.NotJson)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{"e":"pv"},{]}""", EventRules.NotJson)]
    [InlineData("[]", EventRules.Protocol)]
    [InlineData("{}", EventRules.Protocol)]
    [InlineData("""{"data":[{"e":"pv","p":"web","tv":"x"}]}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.acme/payload_data/jsonschema/1-0-4","data":[{"e":"pv"}]}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[]}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":{"e":"pv"}}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{"e":"pv"}],"data":[{"e":"pp"}]}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":[{"e":"pv"}],"data":{"e":"pp"}}""", EventRules.Protocol)]
    [InlineData("""{"schema":"iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4","data":"pv","data":[{"e":"pp"}]}""", EventRules.Protocol)]
    public async Task A_body_that_is_no_payload_is_kept_whole(string body, string rule)
    {
        Assert.Equal("ok", await _host.Client.PostAsync(body).OkAsync());

        var e = _host.Intake.Single;
        Assert.Equal(body, e.Text);
        e.SingleError(rule);
        Assert.Equal("shop", e.Source);
    }

    [Fact]
    public async Task The_schema_may_come_last_and_be_escaped()
    {
        await _host.Client.PostAsync(
            $$"""{"data":[{{Tracker.Item()}}],"x":[1],"schema":"{{Tracker.PayloadSchema.Replace("/", "\\/", StringComparison.Ordinal)}}"}""").OkAsync();

        Assert.Empty(_host.Intake.Single.Errors);
    }

    [Fact]
    public async Task The_query_is_merged_into_every_event_and_wins()
    {
        await _host.Client.PostAsync(
            Tracker.Payload(Tracker.Item(("aid", "blog"), ("eid", Tracker.Id(1))), """{"e":"pp","nope":"1"}"""),
            Tracker.Path + "?aid=shop-app&p=mob&tv=q%22%2B+1&extra=%C3%BC").OkAsync();

        var events = _host.Intake.Events;
        Assert.Equal($$"""{"e":"pv","eid":"{{Tracker.Id(1)}}","aid":"shop-app","p":"mob","tv":"q\"+ 1","extra":"ü"}""", events[0].Text);
        Assert.Equal("shop", events[0].Source);
        Assert.Empty(events[0].Errors);
        Assert.Equal("""{"e":"pp","nope":"1","aid":"shop-app","p":"mob","tv":"q\"+ 1","extra":"ü"}""", events[1].Text);
        Assert.Equal("/nope", events[1].SingleError(EventRules.Protocol).Where);
    }

    [Theory]
    [InlineData("undefined")]
    [InlineData("{{event_id}}")]
    [InlineData("3EB56C2C44A04C218D0F6B3C5E1A7C55")]
    [InlineData("3EB56C2C-44A0-4C21-8D0F-6B3C5E1A7C5G")]
    public async Task An_event_id_that_is_no_uuid_makes_no_event_another_ones_duplicate(string id)
    {
        var item = Tracker.Item(("eid", id));
        await _host.Client.PostAsync(Tracker.Payload(item, item)).OkAsync();

        var events = _host.Intake.Events;
        Assert.All(events, e => Assert.Equal("/eid", e.SingleError(EventRules.Protocol).Where));
        Assert.All(events, e => Assert.Equal(item, e.Text));
        Assert.NotEqual(events[0].IdHash, events[1].IdHash);
    }

    [Fact]
    public async Task An_event_id_in_the_query_is_that_of_a_single_event_only()
    {
        var path = $"{Tracker.Path}?eid={Tracker.Id(7)}&lang=en";
        await _host.Client.PostAsync(Tracker.Payload("""{"e":"pv","p":"web","tv":"x"}"""), path).OkAsync();

        Assert.Equal(Tracker.Id(7), _host.Intake.Single.Id);

        _host.Intake.Clear();
        await _host.Client.PostAsync(
            Tracker.Payload("""{"e":"pv","p":"web","tv":"x"}""", Tracker.Item(("eid", Tracker.Id(8)))), path).OkAsync();

        var events = _host.Intake.Events;
        Assert.Equal("""{"e":"pv","p":"web","tv":"x","lang":"en"}""", events[0].Text);
        Assert.NotEqual(Tracker.Id(7), events[0].Id);
        Assert.Equal(Tracker.Id(8), events[1].Id);
        Assert.All(events, e => Assert.Empty(e.Errors));
    }

    [Fact]
    public async Task A_query_that_no_item_can_take_is_kept_beside_them()
    {
        await _host.Client.PostAsync(Tracker.Payload("1", "\"x\""), Tracker.Path + "?e=pv&eid=u").OkAsync();

        Assert.Equal(["1", "\"x\"", """{"e":"pv","eid":"u"}"""], _host.Intake.Events.Select(e => e.Text));
        Assert.All(_host.Intake.Events, e => Assert.NotEmpty(e.Errors));
    }

    [Fact]
    public async Task An_empty_parameter_is_none_in_the_batch_of_another_source()
    {
        // The second source's batch holds little more than its own item.
        var large = Tracker.Item(("aid", "shop-web"), ("page", new string('x', 5_000)));
        var empty = Tracker.Item(("aid", "blog"), ("e", ""), ("dtm", ""), ("eid", ""));

        await _host.Client.PostAsync(Tracker.Payload(large, empty)).OkAsync();

        Assert.Equal([large, empty], _host.Intake.Events.Select(e => e.Text));
        Assert.Equal("blog", _host.Intake.Events[1].Source);
    }

    [Fact]
    public async Task A_query_that_is_not_utf8_is_kept_beside_the_events()
    {
        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item()), Tracker.Path + "?aid=%ff").OkAsync();

        var events = _host.Intake.Events;
        Assert.Equal("aid=%ff", Assert.Single(events, e => e.Errors.Count > 0).Text);
        Assert.Single(events, e => e.Errors.Count == 0);
    }

    [Fact]
    public async Task An_empty_body_is_no_event_but_its_query_is_kept()
    {
        Assert.Equal("ok", await _host.Client.PostAsync("").OkAsync());
        Assert.Empty(_host.Intake.Events);

        Assert.Equal("ok", await _host.Client.PostAsync("", Tracker.Path + "?e=pv").OkAsync());
        _host.Intake.Single.SingleError(EventRules.Protocol);
        Assert.Equal("""{"e":"pv"}""", _host.Intake.Single.Text);
    }

    [Fact]
    public async Task A_query_that_is_not_utf8_is_kept_though_the_body_is_empty()
    {
        await _host.Client.PostAsync("", Tracker.Path + "?page=%E9").OkAsync();

        _host.Intake.Single.SingleError(EventRules.NotUtf8);
        Assert.Equal("page=%E9", _host.Intake.Single.Text);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("x")]
    [InlineData("\u001f\u008b")]
    public async Task A_query_is_kept_beside_a_body_that_is_no_payload(string body)
    {
        using var content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
        using var response = await _host.Client.PostAsync(Tracker.Path + "?e=pv&p=web&tv=1", content);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal([body, """{"e":"pv","p":"web","tv":"1"}"""], _host.Intake.Events.Select(e => Encoding.Latin1.GetString(e.Payload)));
        Assert.All(_host.Intake.Events, e => Assert.NotEmpty(e.Errors));
    }

    [Fact]
    public async Task One_payload_may_hold_events_of_several_sources()
    {
        var document = Tracker.Contexts(Tracker.SelfDescribing("iglu:com.acme/page/jsonschema/1-0-0", """{"a":1}"""));
        await _host.Client.PostAsync(Tracker.Payload(
            Tracker.Item(("aid", "shop-web"), ("eid", Tracker.Id(1))),
            Tracker.Item(("aid", "blog"), ("eid", Tracker.Id(2)), ("dtm", "1795292100000"), ("co", document), ("cx", Tracker.Base64(document))),
            Tracker.Item(("aid", "shop-app"), ("eid", Tracker.Id(3))),
            Tracker.Item(("aid", "b\u006cog"), ("eid", Tracker.Id(4))),
            Tracker.Item(("aid", "nobody's"), ("eid", Tracker.Id(5))),
            Tracker.Item(("eid", Tracker.Id(6))))).OkAsync();

        Assert.Equal([Tracker.Id(1), Tracker.Id(3), Tracker.Id(5), Tracker.Id(6)], Ids("shop"));
        Assert.Equal([Tracker.Id(2), Tracker.Id(4)], Ids("blog"));
        var moved = Assert.Single(_host.Intake.Events, e => e.Id == Tracker.Id(2));
        Assert.Equal(1_795_292_100_000, moved.OccurredAt);
        Assert.Equal(2, moved.Checks.Count);
        Assert.All(moved.Checks, check => Assert.Equal("""{"a":1}""", check.Instance));
        Assert.Equal("snowplow-tp2", moved.FromCollector("protocol"));
        Assert.All(_host.Intake.Events, e => Assert.Empty(e.Errors));

        IEnumerable<string> Ids(string source) => _host.Intake.Events.Where(e => e.Source == source).Select(e => e.Id);
    }

    [Fact]
    public async Task The_answer_waits_for_every_source_and_fails_with_any()
    {
        _host.Intake.Decide = (source, _) => ValueTask.FromResult(source == "blog"
            ? IntakeResult.Unavailable("the disk is full")
            : new IntakeResult(IntakeOutcome.Stored, 1));

        using var response = await _host.Client.PostAsync(Tracker.Payload(
            Tracker.Item(("aid", "shop-web")), Tracker.Item(("aid", "blog"))));

        Assert.Equal(503, (int)response.StatusCode);
        Assert.NotNull(response.Header("Retry-After"));
        Assert.Null(response.Header("Set-Cookie"));
    }

    [Fact]
    public async Task A_path_of_its_own_decides_before_the_app_id()
    {
        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(("aid", "blog"))), "/com.shop/track").OkAsync();

        Assert.Equal("shop", _host.Intake.Single.Source);
    }

    [Fact]
    public async Task What_no_source_claims_is_kept_in_the_quarantine()
    {
        await using var host = await CollectorHost.StartAsync(sources: new SourceSet([TestSources.Blog], TestSources.Blog.Validator));

        Assert.Equal("ok", await host.Client.PostAsync(Tracker.Payload(Tracker.Item(("aid", "shop-web"), ("eid", Tracker.Id(1))))).OkAsync());

        Assert.Equal("unknown", host.Intake.Single.Source);
        Assert.Equal(Tracker.Id(1), host.Intake.Single.Id);
        Assert.Contains("no source claims this app id", host.Intake.Single.SingleError(EventRules.Protocol).Found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_large_an_item_is_kept_whole_and_not_decoded()
    {
        var large = Tracker.Item(("eid", Tracker.Id(9)), ("co", new string('x', 10_000)));

        await _host.Client.PostAsync(Tracker.Payload(Tracker.Item(), large)).OkAsync();

        var e = _host.Intake.Events[1];
        e.SingleError(EventRules.TooLarge);
        Assert.Equal(large, e.Text);
        Assert.Equal(Tracker.Id(9), e.Id);
        Assert.Empty(_host.Intake.Events[0].Errors);
    }

    [Fact]
    public async Task After_many_broken_documents_the_others_are_not_looked_at()
    {
        var broken = Tracker.Item(("co", "{"));
        var good = Tracker.Item(("co", Tracker.Contexts()));

        await _host.Client.PostAsync(Tracker.Payload([good, .. Enumerable.Repeat(broken, EntityReader.BrokenMax), good, Tracker.Item()])).OkAsync();

        var events = _host.Intake.Events;
        Assert.Empty(events[0].Errors);
        Assert.Contains("was not looked at", events[^2].SingleError(EventRules.Protocol).Found, StringComparison.Ordinal);
        Assert.Empty(events[^1].Errors);
    }

    [Theory]
    [InlineData(EntityReader.DocumentsMax, true)]
    [InlineData(EntityReader.DocumentsMax + 1, false)]
    public async Task An_event_of_too_many_contexts_is_kept_whole_and_not_validated(int count, bool isTaken)
    {
        var document = Tracker.Contexts([.. Enumerable.Repeat(Tracker.SelfDescribing("iglu:a/b/jsonschema/1-0-0", "1"), count / 2)]);
        var more = Tracker.Contexts([.. Enumerable.Repeat(Tracker.SelfDescribing("iglu:a/b/jsonschema/1-0-0", "1"), count - (count / 2))]);
        var item = Tracker.Item(("co", document), ("cx", Tracker.Base64(more)));

        await using var host = await CollectorHost.StartAsync(sources: new SourceSet(
            [TestSources.Shop with { EventBytesMax = 1 << 20 }], TestSources.Shop.Validator));
        await host.Client.PostAsync(Tracker.Payload(item)).OkAsync();

        Assert.Equal(item, host.Intake.Single.Text);
        Assert.Equal(isTaken ? count : count / 2, host.Intake.Single.Checks.Count);
        if (isTaken)
            Assert.Empty(host.Intake.Single.Errors);
        else
            Assert.Equal("/cx", host.Intake.Single.SingleError(EventRules.Protocol).Where);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_sends_the_item_to_the_quarantine()
    {
        const string item = """{"e":"pv","p":"web","tv":"x","page":"cut \ud83d"}""";

        await _host.Client.PostAsync(Tracker.Payload(item, Tracker.Item())).OkAsync();

        Assert.Contains("\\ud83d at byte 41", _host.Intake.Events[0].SingleError(EventRules.BadField).Found, StringComparison.Ordinal);
        Assert.Equal(item, _host.Intake.Events[0].Text);
        Assert.Empty(_host.Intake.Events[1].Errors);
    }

    [Fact]
    public async Task An_item_that_is_not_utf8_is_kept_alone_as_bytes()
    {
        var body = Encoding.Latin1.GetBytes(Tracker.Payload("""{"e":"pv","p":"web","tv":"1","page":"caf\u00e9"}""".Replace("\\u00e9", "é", StringComparison.Ordinal), Tracker.Item()));
        using var content = new ByteArrayContent(body);

        await _host.Client.PostAsync(Tracker.Path, content).OkAsync();

        Assert.Equal(PayloadKind.Binary, _host.Intake.Events[0].Kind);
        Assert.Contains(_host.Intake.Events[0].Errors, e => e.Rule == EventRules.NotUtf8);
        Assert.Empty(_host.Intake.Events[1].Errors);
    }
}

namespace Ingest.Collector.Tests;

public sealed class ConfigurationTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void One_source_is_enough()
    {
        _folder.Write("sources/shop.json", """{"writeKeys":["a-write-key"]}""");

        var configuration = Load();

        Assert.True(configuration.Catalogue.TryGet("shop", out var source));
        Assert.Equal(1, source.Partitions);
        Assert.Equal(1 << 20, source.EventBytesMax);
        Assert.True(source.WriteKeys.Admits("Bearer a-write-key"));
        Assert.Null(source.Snowplow);
        Assert.Equal(["shop", "unknown"], configuration.Catalogue.All.Select(s => s.Name));
        Assert.Equal(new CollectorLimits(), configuration.Settings.Limits);
        Assert.Null(configuration.Settings.DoNotTrack);
    }

    [Fact]
    public void Every_key_is_read()
    {
        _folder.Write("schemas/com.acme/order/jsonschema/1-0-0", "{}");
        _folder.Write("sources/a.json", """
            {
              // Comments and trailing commas are welcome.
              "name": "orders",
              "partitions": 8,
              "writeKeys": ["first-key", "second-key"],
              "schema": "iglu:com.acme/order/jsonschema/1-0-0",
              "unknownSchema": "quarantine",
              "eventBytesMax": "64KiB",
              "fields": { "event_id": "id", "occurred_at": "when" },
              "snowplow": { "appIds": ["web", "app"], "paths": ["/com.acme/track"], "default": true },
            }
            """);
        _folder.Write("ingest.json", """
            {
              "node": "eu-1",
              "trustedProxies": ["192.0.2.0/24"],
              "cookie": { "enabled": false, "name": "nid", "lifetime": "30d", "domains": ["acme.example"], "fallbackDomain": "f.example" },
              "doNotTrack": { "cookie": "dnt", "value": "1|yes" },
              "limits": {
                "bodyBytesMax": "1MiB", "decompressedBytesMax": 2000000, "drainBytesMax": "3MB", "eventsMax": 4,
                "requestsInFlightMax": 5, "bytesInFlightMax": "1GiB", "connectionsMax": 7, "requestLineBytesMax": "8kB",
                "headerBytesMax": "9KiB", "headersTimeout": "10s", "bodyTimeout": "11s", "bodyBytesPerSecondMin": 12,
                "keepAliveTimeout": "2m", "retryAfterMin": "3s", "retryAfterMax": "4s"
              }
            }
            """);

        var (settings, catalogue) = Load();

        Assert.True(catalogue.TryGet("orders", out var source));
        Assert.Equal(8, source.Partitions);
        Assert.True(source.WriteKeys.Admits("Bearer second-key"));
        Assert.Equal("iglu:com.acme/order/jsonschema/1-0-0"u8.ToArray(), source.FixedSchema.ToArray());
        Assert.Equal(64 << 10, source.EventBytesMax);
        Assert.Equal("id"u8.ToArray(), source.Fields[JsonField.EventId].ToArray());
        Assert.Equal("name"u8.ToArray(), source.Fields[JsonField.Name].ToArray());
        Assert.Equal("when"u8.ToArray(), source.Fields[JsonField.OccurredAt].ToArray());
        Assert.Same(source, catalogue.Current.OfAppId("app"u8));
        Assert.Same(source, catalogue.Current.OfAppId("nobody"u8));
        Assert.True(catalogue.Current.TryGetByPath("/com.acme/track", out var byPath));
        Assert.Same(source, byPath);

        Assert.Equal("eu-1", settings.Node);
        Assert.Equal("192.0.2.0/24", Assert.Single(settings.TrustedProxies).ToString());
        Assert.False(settings.Cookie.Enabled);
        Assert.Equal(("nid", TimeSpan.FromDays(30), "f.example"), (settings.Cookie.Name, settings.Cookie.Lifetime, settings.Cookie.FallbackDomain));
        Assert.Equal(["acme.example"], settings.Cookie.Domains);
        Assert.Equal("dnt", settings.DoNotTrack!.Cookie);
        Assert.Matches(settings.DoNotTrack.Value, "yes");
        Assert.DoesNotMatch(settings.DoNotTrack.Value, "yes!");
        Assert.Equal(
            new CollectorLimits
            {
                BodyBytesMax = 1 << 20,
                DecompressedBytesMax = 2_000_000,
                DrainBytesMax = 3_000_000,
                EventsMax = 4,
                RequestsInFlightMax = 5,
                BytesInFlightMax = 1 << 30,
                ConnectionsMax = 7,
                RequestLineBytesMax = 8_000,
                HeaderBytesMax = 9 << 10,
                HeadersTimeout = TimeSpan.FromSeconds(10),
                BodyTimeout = TimeSpan.FromSeconds(11),
                BodyBytesPerSecondMin = 12,
                KeepAliveTimeout = TimeSpan.FromMinutes(2),
                RetryAfterMin = TimeSpan.FromSeconds(3),
                RetryAfterMax = TimeSpan.FromSeconds(4),
            },
            settings.Limits);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        _folder.Write("ingest.json", """
            {"nod":"x","limits":{"bodyBytesMax":"2 apples","bodyTimeout":"5","retryAfterMin":"9s","retryAfterMax":"2s"},
             "doNotTrack":{"value":"("},"cookie":{"domains":["-.."],"lifetime":"900d"},"trustedProxies":["everyone"]}
            """);
        _folder.Write("sources/a.json", """
            {"name":"Bad Name","writeKeyz":[],"writeKeys":["short","with space","good-key","good-key"],"partitions":0,
             "unknownSchema":"maybe","schema":"iglu:x","eventBytesMax":true,"fields":{"event_id":"name"},
             "snowplow":{"paths":["/v1/x","/one","/com.acme/track","/admin/status","/com.acme/..","/./track"],"appIds":"web","default":"yes"}}
            """);
        _folder.Write("sources/b.json", """{"name":"c","schema":"iglu:com.acme/none/jsonschema/1-0-0","snowplow":{"default":true,"paths":["/com.acme/track"]}}""");
        _folder.Write("sources/c.json", """{"snowplow":{"default":true}}""");
        _folder.Write("sources/d.json", """{"writeKeys":[}""");
        _folder.Write("sources/e.json", """[]""");
        _folder.Write("sources/f.json", """{"name":"f","name":"g"}""");
        _folder.Write("sources/unknown.json", "{}");

        Assert.False(Configuration.TryLoad(_folder.Path, out var configuration, out var errors));

        Assert.Null(configuration);
        Assert.All(errors, e => Assert.False(string.IsNullOrWhiteSpace(e.Mend)));
        Assert.Equal(
            [
                "ingest.json cookie.domains[0]", "ingest.json cookie.lifetime", "ingest.json doNotTrack.cookie",
                "ingest.json limits.bodyBytesMax", "ingest.json limits.bodyTimeout", "ingest.json limits.retryAfterMax",
                "ingest.json nod", "ingest.json trustedProxies[0]",
                "sources/a.json eventBytesMax", "sources/a.json fields.name", "sources/a.json name", "sources/a.json partitions",
                "sources/a.json schema", "sources/a.json snowplow.appIds", "sources/a.json snowplow.default",
                "sources/a.json snowplow.paths[0]", "sources/a.json snowplow.paths[1]", "sources/a.json snowplow.paths[3]",
                "sources/a.json snowplow.paths[4]", "sources/a.json snowplow.paths[5]", "sources/a.json unknownSchema",
                "sources/a.json writeKeys[0]", "sources/a.json writeKeys[1]", "sources/a.json writeKeys[3]",
                "sources/a.json writeKeyz",
                "sources/b.json schema", "sources/b.json snowplow.paths", "sources/c.json name", "sources/c.json snowplow.default",
                "sources/d.json ", "sources/e.json ", "sources/f.json ", "sources/unknown.json name",
            ],
            errors.Select(e => $"{e.File} {e.Key}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("""{"writeKeyz":[]}""", "sources/a.json: writeKeyz is no known key. Did you mean writeKeys.")]
    [InlineData("""{"colour":1}""", "sources/a.json: colour is no known key. Drop it; known are name, unknownSchema, partitions, writeKeys, schema, fields, eventBytesMax, snowplow.")]
    [InlineData("""{"snowplow":{"appId":[]}}""", "sources/a.json: snowplow.appId is no known key. Did you mean appIds.")]
    [InlineData("""{"partitions":"8"}""", "sources/a.json: partitions is not a whole number of 1 to 1024. Write such a number, without quotes.")]
    public void A_mistake_says_where_what_and_how_to_mend_it(string source, string error)
    {
        _folder.Write("sources/a.json", source);

        Assert.False(Configuration.TryLoad(_folder.Path, out _, out var errors));

        Assert.Equal(error, Assert.Single(errors).ToString());
    }

    [Theory]
    [InlineData("{\"writeKeys\":[\"caf\u00e9-key\"]}", "is not UTF-8")]
    [InlineData("{\"snowplow\":{\"appIds\":[\"\\ud800\"]}}", "half a surrogate pair")]
    [InlineData("{\"\\ud800\":1}", "half a surrogate pair")]
    [InlineData("{\"partitions\":\"\\ud800\"}", "half a surrogate pair")]
    public void A_file_with_a_text_that_is_none_is_a_mistake(string latin1, string problem)
    {
        foreach (var file in (string[])["sources/a.json", "ingest.json"])
        {
            _folder.Write("sources/a.json", "{}");
            File.WriteAllBytes(Path.Combine(_folder.Path, file), System.Text.Encoding.Latin1.GetBytes(latin1));

            Assert.False(Configuration.TryLoad(_folder.Path, out _, out var errors));

            var error = Assert.Single(errors);
            Assert.Equal(file, error.File);
            Assert.Contains(problem, error.Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void No_sources_are_a_mistake()
    {
        Assert.False(Configuration.TryLoad(_folder.Path, out _, out var missing));
        Assert.Equal("sources", Assert.Single(missing).File);

        Directory.CreateDirectory(Path.Combine(_folder.Path, "sources"));
        Assert.False(Configuration.TryLoad(_folder.Path, out _, out var empty));
        Assert.Contains("demo.json", Assert.Single(empty).Mend, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fixed_schema_that_is_broken_or_missing_is_named_at_start()
    {
        _folder.Write("sources/a.json", """{"schema":"iglu:com.acme/order/jsonschema/1-0-0"}""");
        Assert.False(Configuration.TryLoad(_folder.Path, out _, out var missing));
        Assert.Contains("schemas/com.acme/order/jsonschema/1-0-0", Assert.Single(missing).Mend, StringComparison.Ordinal);

        _folder.Write("schemas/com.acme/order/jsonschema/1-0-0", "{");
        Assert.False(Configuration.TryLoad(_folder.Path, out _, out var broken));
        Assert.Contains("broken", Assert.Single(broken).Problem, StringComparison.Ordinal);

        _folder.Write("schemas/com.acme/order/jsonschema/1-0-0", "{}");
        Load();
    }

    [Fact]
    public void Limits_of_the_code_can_all_be_set()
    {
        var keys = typeof(CollectorLimits).GetProperties().Select(p => char.ToLowerInvariant(p.Name[0]) + p.Name[1..]);
        _folder.Write("sources/a.json", "{}");
        foreach (var key in keys)
        {
            _folder.Write("ingest.json", $$$"""{"limits":{"{{{key}}}":null}}""");

            Assert.False(Configuration.TryLoad(_folder.Path, out _, out var errors));
            Assert.DoesNotContain("no known key", Assert.Single(errors).Problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_demo_source_works_as_it_is()
    {
        Assert.True(Configuration.TryLoad(ConfigurationFolder.OfTheRepository, out var configuration, out var errors), string.Join('\n', errors));
        await using var host = await CollectorHost.StartAsync(configuration.Settings, configuration.Catalogue.Current);
        var example = await File.ReadAllBytesAsync(Path.Combine(ConfigurationFolder.OfTheRepository, "examples", "signup.json"));

        using var response = await host.PostJsonAsync(example, "demo", "demo-write-key");
        await host.Client.PostAsync(Tracker.Payload(Tracker.Item())).OkAsync();

        Assert.Equal("""{"accepted":1,"quarantined":0,"duplicates":0,"durability":"journal"}""", await response.Content.ReadAsStringAsync());
        Assert.All(host.Intake.Events, e => Assert.Equal("demo", e.Source));
        Assert.Equal("iglu:com.example/signup/jsonschema/1-0-0", host.Intake.Events[0].Schema);
        Assert.Equal("/data", Assert.Single(host.Intake.Events[0].Checks).Where);
    }

    private CollectorConfiguration Load()
    {
        Assert.True(Configuration.TryLoad(_folder.Path, out var configuration, out var errors), string.Join('\n', errors));
        Assert.Empty(errors);
        return configuration;
    }
}

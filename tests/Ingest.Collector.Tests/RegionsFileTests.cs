using Ingest.Regions;

namespace Ingest.Collector.Tests;

public sealed class RegionsFileTests : IDisposable
{
    private const string Regions = """
        "regions": {"us-east-1": {"url": "https://east.example.com", "weight": 95}, "us-west-2": {"url": "https://west.example.com:8443", "weight": 5}}
        """;

    private const string HaProxy = """
        "lever": {"provider": "haproxy", "address": "tcp:10.0.0.5:9999", "backend": "regions", "servers": {"us-west-2": "west"}}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Without_a_file_there_is_no_lever()
    {
        var errors = new List<ConfigurationError>();
        Assert.Null(RegionsFile.Read(_folder, errors));
        Assert.Empty(errors);
    }

    [Fact]
    public void A_file_with_everything_is_read()
    {
        var plan = Read($$"""
            {
              {{Regions}},
              {{HaProxy}},
              "failover": {"automatic": true, "period": "10s", "timeout": "4s", "downAfter": "1m", "upAfter": "3m", "hold": "10m", "steps": [25, 50]},
              "list": {"publicKey": "regions.pub", "privateKey": "/keys/regions.key", "lifetime": "30d"}, // a comment
            }
            """);
        Assert.Equal("us-east-1=95 us-west-2=5", plan.Normal.ToString());
        var haproxy = Assert.IsType<HaProxySettings>(plan.Lever);
        Assert.Equal(("regions", "us-east-1", "west"), (haproxy.Backend, haproxy.Servers["us-east-1"], haproxy.Servers["us-west-2"]));
        Assert.Equal(TimeSpan.FromMinutes(10), plan.Failover.Hold);
        Assert.Equal([25, 50], plan.Failover.Steps);
        Assert.True(plan.Failover.IsAutomatic);
        Assert.Equal(
            (Path.Combine(_folder, "regions.pub"), "/keys/regions.key", TimeSpan.FromDays(30)),
            (plan.List!.PublicKeyFile, plan.List.PrivateKeyFile, plan.List.Lifetime));
        Assert.Equal("us-east-1", plan.OtherOf("us-west-2")!.Name);
    }

    [Fact]
    public void Route_53_is_read()
    {
        var plan = Read($$"""
            {
              {{Regions}},
              "lever": {"provider": "route53", "zone": "Z1", "record": "ingest.example.com", "identifiers": {"us-east-1": "east"} }
            }
            """);
        var route53 = Assert.IsType<Route53Settings>(plan.Lever);
        Assert.Equal(("Z1", "ingest.example.com", "A", "aws"), (route53.Zone, route53.Record, route53.Type, route53.Program));
        Assert.Equal(["east", "us-west-2"], route53.Identifiers.Values);
        Assert.False(plan.Failover.IsAutomatic);
    }

    [Fact]
    public void Every_mistake_is_named_at_once()
    {
        var errors = Mistakes("""
            {
              "regions": {"US": {"url": "west.example.com", "weight": 0}, "us-east-1": {"url": "https://a/path", "weight": 95, "wieght": 1}},
              "lever": {"provider": "haproxy", "address": "10.0.0.5", "servers": {"us-east-2": "x"}},
              "failover": {"automatic": 1, "period": "5s", "downAfter": "6s", "steps": [50, 25]},
              "lsit": {}
            }
            """);
        foreach (var key in (string[])["regions.US", "regions.US.url", "regions.US.weight", "regions.us-east-1.url", "regions.us-east-1.wieght",
            "lever.address", "lever.backend", "lever.servers.us-east-2", "failover.automatic", "failover.downAfter", "failover.steps", "lsit"])
        {
            Assert.Contains(key, errors.Select(error => error.Key));
        }
    }

    [Theory]
    [InlineData("regions", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 60}}, "lever": {"provider": "list"}, "list": {"publicKey": "x"}}""")]
    [InlineData("failover.automatic", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 40}}, "lever": {"provider": "list"}, "list": {"publicKey": "x"}, "failover": {"automatic": true}}""")]
    [InlineData("list", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 40}}, "lever": {"provider": "list"}}""")]
    [InlineData("lever.backend", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 40}}, "lever": {"provider": "haproxy", "address": "unix:/x", "backend": "b; shutdown"}}""")]
    [InlineData("lever", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 40}}}""")]
    [InlineData("lever.provider", """{"regions": {"a": {"url": "https://a", "weight": 60}, "b": {"url": "https://b", "weight": 40}}, "lever": {"provider": "dns"}}""")]
    public void What_does_not_fit_together_is_refused(string key, string json) =>
        Assert.Equal([key], Mistakes(json).Select(error => error.Key));

    private RegionPlan Read(string json)
    {
        var errors = new List<ConfigurationError>();
        File.WriteAllText(Path.Combine(_folder, RegionPlan.FileName), json);
        var plan = RegionsFile.Read(_folder, errors);
        Assert.Empty(errors);
        return plan!;
    }

    private List<ConfigurationError> Mistakes(string json)
    {
        var errors = new List<ConfigurationError>();
        File.WriteAllText(Path.Combine(_folder, RegionPlan.FileName), json);
        Assert.Null(RegionsFile.Read(_folder, errors));
        return errors;
    }
}

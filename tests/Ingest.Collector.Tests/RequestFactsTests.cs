using System.Net;

namespace Ingest.Collector.Tests;

/// <summary>Whose address stands in an event.</summary>
public sealed class RequestFactsTests
{
    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.7, 10.1.2.3", "203.0.113.7")]
    [InlineData(" 203.0.113.7:4711 ,10.1.2.3", "203.0.113.7")]
    [InlineData("2001:db8::7", "2001:db8::7")]
    [InlineData("[2001:db8::7]:4711", "2001:db8::7")]
    [InlineData("nonsense", "127.0.0.1")]
    [InlineData("", "127.0.0.1")]
    public async Task A_trusted_proxy_says_who_the_client_is(string forwarded, string address)
    {
        Assert.Equal(address, await AddressAsync(new CollectorSettings(), forwarded));
    }

    [Fact]
    public async Task Nobody_else_is_believed()
    {
        var settings = new CollectorSettings { TrustedProxies = [IPNetwork.Parse("192.0.2.0/24")] };

        Assert.Equal("127.0.0.1", await AddressAsync(settings, "203.0.113.7"));
    }

    [Fact]
    public async Task Without_a_proxy_it_is_the_connections()
    {
        Assert.Equal("127.0.0.1", await AddressAsync(new CollectorSettings(), forwarded: null));
    }

    private static async Task<string?> AddressAsync(CollectorSettings settings, string? forwarded)
    {
        await using var host = await CollectorHost.StartAsync(settings);
        (string, string)[] headers = forwarded is null ? [] : [("X-Forwarded-For", forwarded)];
        using var response = await host.Client.SendAsync(HttpMethod.Get, "/i?e=pv&p=web&tv=1", headers);
        return host.Intake.Single.FromCollector("ip");
    }
}

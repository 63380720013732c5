using Ingest.TestKit;

namespace Ingest.Regions.Tests;

/// <summary>A real HAProxy before two servers that count.</summary>
public sealed class HaProxyLeverTests : IAsyncLifetime
{
    private static readonly RegionWeights Normal = Weights(95, 5);

    private readonly CountingServer _east = new();
    private readonly CountingServer _west = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero });
    private RegionBalancer? _balancer;

    private RegionBalancer Balancer => _balancer!;

    public async ValueTask InitializeAsync()
    {
        _balancer = await RegionBalancer.RequireAsync(("us-east-1", _east.Url, 95), ("west", _west.Url, 5));
        await _balancer.WaitUntilUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        await _east.DisposeAsync();
        await _west.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_set_is_read_back_and_traffic_moves(bool overSocket)
    {
        var lever = Lever(overSocket ? Balancer.RuntimeSocket : Balancer.RuntimeAddress);
        Assert.Equal(Normal, (await lever.ReadAsync(TestContext.Current.CancellationToken)).Weights);
        Assert.Equal((95, 5), await SendAsync());

        await lever.SetAsync(Normal, Weights(40, 60), TestContext.Current.CancellationToken);
        Assert.Equal(Weights(40, 60), (await lever.ReadAsync(TestContext.Current.CancellationToken)).Weights);
        Assert.Equal((40, 60), await SendAsync());

        await lever.SetAsync(Weights(40, 60), Weights(0, 100), TestContext.Current.CancellationToken);
        Assert.Equal((0, 100), await SendAsync());
    }

    [Fact]
    public async Task A_lever_that_somebody_else_moved_is_left_alone()
    {
        var lever = Lever(Balancer.RuntimeAddress);
        await lever.SetAsync(Normal, Weights(50, 50), TestContext.Current.CancellationToken);
        var moved = await Assert.ThrowsAsync<LeverMovedException>(() => lever.SetAsync(Normal, Weights(0, 100), TestContext.Current.CancellationToken));
        Assert.Equal(Weights(50, 50), moved.Found);
        Assert.Equal(Weights(50, 50), (await lever.ReadAsync(TestContext.Current.CancellationToken)).Weights);
    }

    [Fact]
    public async Task Its_checks_are_the_witness()
    {
        var lever = Lever(Balancer.RuntimeAddress);
        await UntilAsync(VantageHealth.Up);
        _east.IsDown = true;
        await UntilAsync(VantageHealth.Down);
        _east.IsDown = false;
        await UntilAsync(VantageHealth.Up);

        async Task UntilAsync(VantageHealth wanted) => await Deadline.UntilAsync<object>(
            async () => (await lever.ReadAsync(TestContext.Current.CancellationToken)).HealthOf("us-east-1") == wanted ? wanted : null,
            Deadline.Process,
            () => $"the check is not {wanted}");
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        var address = Balancer.RuntimeAddress;
        var noBackend = await Assert.ThrowsAsync<LeverException>(() => Lever(address, backend: "region").ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("Can't find backend", noBackend.Message, StringComparison.Ordinal);
        var noServer = await Assert.ThrowsAsync<LeverException>(() => Lever(address, east: "east").ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("no server east", noServer.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LeverException>(() => Lever("unix:/nowhere").ReadAsync(TestContext.Current.CancellationToken));
    }

    private static RegionWeights Weights(int east, int west) => new([new("us-east-1", east), new("us-west-2", west)]);

    private static HaProxyLever Lever(string address, string backend = "regions", string east = "us-east-1")
    {
        Assert.True(HaProxyAddress.TryParse(address, out var parsed));
        return new HaProxyLever(new HaProxySettings(
            parsed, backend, new OrderedDictionary<string, string>(StringComparer.Ordinal) { ["us-east-1"] = east, ["us-west-2"] = "west" }), Deadline.Process);
    }

    /// <summary>Sends a hundred requests; where they went.</summary>
    private async Task<(long East, long West)> SendAsync()
    {
        var (east, west) = (_east.Requests.Value, _west.Requests.Value);
        for (var request = 0; request < 100; request++)
            Assert.Equal("ok", await _http.GetStringAsync(Balancer.Url, TestContext.Current.CancellationToken));
        return (_east.Requests.Value - east, _west.Requests.Value - west);
    }
}

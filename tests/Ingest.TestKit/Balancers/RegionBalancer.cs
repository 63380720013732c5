using System.Globalization;
using System.Net.Sockets;

namespace Ingest.TestKit;

/// <summary>A balancer before two regions: haproxy with <c>deploy/haproxy-regions.cfg</c>.</summary>
public sealed class RegionBalancer : IAsyncDisposable
{
    /// <summary>haproxy's number for a server that takes all of its share.</summary>
    private const int Running = 2;

    /// <summary>haproxy's number for a check that was passed. Before the first one, a server counts as running, and one late answer ends that.</summary>
    private const int Passed = 3;

    private readonly TemporaryFolder _folder;
    private readonly int _runtimePort;
    private readonly HaProxy _proxy;

    private RegionBalancer(TemporaryFolder folder, int runtimePort, HaProxy proxy) =>
        (_folder, _runtimePort, _proxy) = (folder, runtimePort, proxy);

    /// <summary>Where clients send.</summary>
    public Uri Url => _proxy.Url;

    /// <summary>Its runtime API, as <c>regions.json</c> names it.</summary>
    public string RuntimeAddress => string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{_runtimePort}");

    /// <summary>The same as a socket in the file system.</summary>
    public string RuntimeSocket => $"unix:{SocketIn(_folder)}";

    /// <summary>Starts one; skips the test where haproxy is not installed.</summary>
    /// <param name="regions">Name, address and weight of each region.</param>
    public static async Task<RegionBalancer> RequireAsync(params IEnumerable<(string Name, Uri Url, int Weight)> regions)
    {
        var servers = regions.Select(region =>
            string.Create(CultureInfo.InvariantCulture, $"{region.Name} {region.Url.Authority} weight {region.Weight}"));
        var folder = new TemporaryFolder();
        try
        {
            var runtimePort = StablePort.Choose();
            var proxy = await HaProxy.RequireAsync(
                "haproxy-regions.cfg",
                servers,
                string.Create(CultureInfo.InvariantCulture, $"ipv4@127.0.0.1:{runtimePort} level admin"),
                $"{SocketIn(folder)} level admin");
            return new RegionBalancer(folder, runtimePort, proxy);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The present weights in the order of the regions, by nothing of the product's own code.</summary>
    public Task<IReadOnlyList<int>> WeightsAsync() => ReadAsync("srv_uweight");

    /// <summary>Waits until its own checks have found every region up: those that started later than it were down at first.</summary>
    public Task WaitUntilUpAsync() => Deadline.UntilAsync<object>(
        async () => (await ReadAsync("srv_op_state")).All(state => state == Running)
            && (await ReadAsync("srv_check_result")).All(result => result == Passed) ? this : null,
        Deadline.Process,
        () => "haproxy's checks find a region down");

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>A column of what haproxy says of its servers, in the order of the regions.</summary>
    private async Task<IReadOnlyList<int>> ReadAsync(string name)
    {
        using var deadline = new CancellationTokenSource(Deadline.Process);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _runtimePort, deadline.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync("show servers state regions\n"u8.ToArray(), deadline.Token);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync(deadline.Token)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var column = Array.IndexOf(lines[1].Split(' '), name) - 1;
        return [.. lines[2..].Where(line => line.Contains(' ', StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[column], CultureInfo.InvariantCulture))];
    }

    private static string SocketIn(TemporaryFolder folder) => folder.Of("admin.sock");
}

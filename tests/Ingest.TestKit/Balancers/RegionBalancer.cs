using System.Globalization;
using System.Net.Sockets;

namespace Ingest.TestKit;

/// <summary>A balancer before two regions: haproxy with <c>deploy/haproxy-regions.cfg</c>.</summary>
public sealed class RegionBalancer : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = StablePort.Choose();
    private readonly int _runtimePort = StablePort.Choose();
    private ChildProcess? _process;

    /// <summary>Where clients send.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>Its runtime API, as <c>regions.json</c> names it.</summary>
    public string RuntimeAddress => string.Create(CultureInfo.InvariantCulture, $"tcp:127.0.0.1:{_runtimePort}");

    /// <summary>The same as a socket in the file system.</summary>
    public string RuntimeSocket => $"unix:{_folder.Of("admin.sock")}";

    /// <summary>Starts one; skips the test where haproxy is not installed.</summary>
    /// <param name="regions">Name, address and weight of each region.</param>
    public static async Task<RegionBalancer> RequireAsync(params IEnumerable<(string Name, Uri Url, int Weight)> regions)
    {
        var program = ((Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/sbin").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "haproxy"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "haproxy is not installed (Debian: haproxy).");
        var balancer = new RegionBalancer();
        await balancer.StartAsync(program, regions);
        return balancer;
    }

    /// <summary>The present weights in the order of the regions, by nothing of the product's own code.</summary>
    public async Task<IReadOnlyList<int>> WeightsAsync()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _runtimePort);
        await using var stream = client.GetStream();
        await stream.WriteAsync("show servers state regions\n"u8.ToArray());
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var column = Array.IndexOf(lines[1].Split(' '), "srv_uweight") - 1;
        return [.. lines[2..].Where(line => line.Contains(' ', StringComparison.Ordinal)).Select(line => int.Parse(line.Split(' ')[column], CultureInfo.InvariantCulture))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(string program, IEnumerable<(string Name, Uri Url, int Weight)> regions)
    {
        var file = _folder.Of("haproxy.cfg");
        await File.WriteAllLinesAsync(file, Settings(regions));
        _process = ChildProcess.Start(program, ["-db", "-f", file]);
        await Deadline.UntilAsync(TryConnectAsync, Deadline.Process, () => $"haproxy does not listen. It wrote:\n{_process.Output}");
    }

    /// <summary>The settings that come with the product, for these regions and other ports.</summary>
    private IEnumerable<string> Settings(IEnumerable<(string Name, Uri Url, int Weight)> regions)
    {
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "deploy", "haproxy-regions.cfg")))
        {
            var text = line.TrimStart();
            if (text.StartsWith("bind ", StringComparison.Ordinal))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    bind 127.0.0.1:{_port}");
            }
            else if (text.StartsWith("stats socket ", StringComparison.Ordinal))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    stats socket ipv4@127.0.0.1:{_runtimePort} level admin");
                yield return $"    stats socket {_folder.Of("admin.sock")} level admin";
            }
            else if (!text.StartsWith("server ", StringComparison.Ordinal))
            {
                yield return line;
            }
        }

        // They stand at the end of the file.
        foreach (var (name, url, weight) in regions)
            yield return string.Create(CultureInfo.InvariantCulture, $"    server {name} {url.Authority} weight {weight}");
    }

    private async Task<object?> TryConnectAsync()
    {
        if (_process!.HasExited)
            Assert.Fail($"haproxy left at its start. It wrote:\n{_process.Output}");
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync("127.0.0.1", _port);
            return client;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

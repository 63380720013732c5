using System.Globalization;
using System.Net.Sockets;

namespace Ingest.Cluster.EndToEnd;

/// <summary>A balancer before the silos: haproxy with <c>deploy/haproxy.cfg</c>.</summary>
internal sealed class HaProxy : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = StablePort.Choose();
    private ChildProcess? _process;

    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>Starts one; skips the test where haproxy is not installed.</summary>
    public static async Task<HaProxy> RequireAsync(IEnumerable<Silo> silos)
    {
        var program = ((Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/sbin").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "haproxy"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "haproxy is not installed (Debian: haproxy).");
        var proxy = new HaProxy();
        await proxy.StartAsync(program, silos);
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartAsync(string program, IEnumerable<Silo> silos)
    {
        var file = _folder.Of("haproxy.cfg");
        await File.WriteAllLinesAsync(file, Settings(silos));
        _process = ChildProcess.Start(program, ["-db", "-f", file]);
        await Deadline.UntilAsync(TryConnectAsync, Deadline.Process, () => $"haproxy does not listen. It wrote:\n{_process.Output}");
    }

    /// <summary>The settings that come with the product, for these silos and another port.</summary>
    private IEnumerable<string> Settings(IEnumerable<Silo> silos)
    {
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, "deploy", "haproxy.cfg")))
        {
            if (line.TrimStart().StartsWith("bind ", StringComparison.Ordinal))
                yield return string.Create(CultureInfo.InvariantCulture, $"    bind 127.0.0.1:{_port}");
            else if (!line.TrimStart().StartsWith("server ", StringComparison.Ordinal))
                yield return line;
        }

        // They stand at the end of the file.
        foreach (var silo in silos)
            yield return $"    server {silo.Name} {silo.Url.Authority}";
    }

    private async Task<object?> TryConnectAsync()
    {
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

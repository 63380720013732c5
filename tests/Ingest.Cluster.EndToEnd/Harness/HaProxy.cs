using System.Globalization;
using System.Net.Sockets;

namespace Ingest.Cluster.EndToEnd;

/// <summary>A balancer before the silos: haproxy, which asks each for <c>/ready</c>.</summary>
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
        var servers = silos.Select(silo => $"    server {silo.Name} {silo.Url.Authority} check inter 500ms fall 2 rise 2");
        var file = _folder.Of("haproxy.cfg");
        await File.WriteAllTextAsync(
            file,
            string.Create(
                CultureInfo.InvariantCulture,
                $"""
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 60s
                    timeout server 30s
                    timeout check 2s
                    retries 3
                    option redispatch 1
                frontend events
                    bind 127.0.0.1:{_port}
                    default_backend silos
                backend silos
                    balance roundrobin
                    option httpchk GET /ready
                    http-check expect status 200
                {string.Join('\n', servers)}

                """));
        _process = ChildProcess.Start(program, ["-db", "-f", file]);
        await Deadline.UntilAsync(TryConnectAsync, Deadline.Process, () => $"haproxy does not listen. It wrote:\n{_process.Output}");
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

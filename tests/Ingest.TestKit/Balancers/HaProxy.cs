using System.Globalization;
using System.Net.Sockets;

namespace Ingest.TestKit;

/// <summary>haproxy with settings that come with the product, but for its addresses.</summary>
public sealed class HaProxy : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = StablePort.Choose();
    private ChildProcess? _process;

    private HaProxy()
    {
    }

    /// <summary>Where clients send.</summary>
    public Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}"));

    /// <summary>Skips the test where haproxy is not installed.</summary>
    /// <returns>The program.</returns>
    public static string Require()
    {
        // Debian has it where only the administrator's path leads.
        var program = ((Environment.GetEnvironmentVariable("PATH") ?? "") + ":/usr/sbin").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "haproxy"))
            .FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "haproxy is not installed (Debian: haproxy).");
        return program;
    }

    /// <summary>Starts one and waits until it listens; skips the test where haproxy is not installed.</summary>
    /// <param name="settings">A file of <c>deploy</c>; the servers stand at its end.</param>
    /// <param name="servers">Name, address and options of each server, in place of those of the file.</param>
    /// <param name="sockets">Address and options of each socket of the runtime API, in place of that of the file.</param>
    public static async Task<HaProxy> RequireAsync(string settings, IEnumerable<string> servers, params IEnumerable<string> sockets)
    {
        var program = Require();
        var proxy = new HaProxy();
        try
        {
            await proxy.StartAsync(program, proxy.Replace(Lines(settings), servers, sockets));
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Name, address and options of each server in a file of <c>deploy</c>, as written.</summary>
    public static IEnumerable<string> ServersOf(string settings) =>
        Lines(settings).Where(line => Sets(line, "server")).Select(line => line.TrimStart()["server ".Length..]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static IEnumerable<string> Lines(string settings) => File.ReadLines(Path.Combine(Repository.Root, "deploy", settings));

    private static bool Sets(string line, string keyword) => line.TrimStart().StartsWith(keyword + " ", StringComparison.Ordinal);

    private IEnumerable<string> Replace(IEnumerable<string> lines, IEnumerable<string> servers, IEnumerable<string> sockets)
    {
        foreach (var line in lines)
        {
            if (Sets(line, "bind"))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    bind 127.0.0.1:{_port}");
            }
            else if (Sets(line, "stats socket"))
            {
                foreach (var socket in sockets)
                    yield return $"    stats socket {socket}";
            }
            else if (!Sets(line, "server"))
            {
                yield return line;
            }
        }

        foreach (var server in servers)
            yield return $"    server {server}";
    }

    private async Task StartAsync(string program, IEnumerable<string> settings)
    {
        var file = _folder.Of("haproxy.cfg");
        await File.WriteAllLinesAsync(file, settings);
        _process = ChildProcess.Start(program, ["-db", "-f", file]);
        await Deadline.UntilAsync(() => TryConnectAsync(_process), Deadline.Process, () => $"haproxy does not listen. It wrote:\n{_process.Output}");
    }

    private async Task<object?> TryConnectAsync(ChildProcess process)
    {
        if (process.HasExited)
            Assert.Fail($"haproxy left at its start. It wrote:\n{process.Output}");
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

using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// A network namespace with links to this machine's own network, each of which can be cut by itself: a machine of its own
/// with several network cards, as far as the processes in it can tell. It reaches nothing but the ends of its links. All
/// processes in it must have ended before it is disposed.
/// </summary>
internal sealed class NetworkNamespace : IAsyncDisposable
{
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"ingest-{Environment.ProcessId}-{Random.Shared.Next(1 << 16):x4}");
    private int _links;

    private NetworkNamespace()
    {
    }

    /// <summary>A command that runs the command behind it in the namespace.</summary>
    public IReadOnlyList<string> Through => ["ip", "netns", "exec", _name];

    /// <summary>Makes one; skips the test where that is not possible.</summary>
    public static async Task<NetworkNamespace> RequireAsync()
    {
        const string needs = "Needs network namespaces: Linux, root and iproute2";
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess && IsInstalled("ip"), needs + ".");
        var made = new NetworkNamespace();
        var result = await CommandResult.OfAsync("ip", ["netns", "add", made._name]);
        Assert.SkipUnless(result.ExitCode == 0, $"{needs}; ip said: {result.Output}");
        // Loopback is there, but down.
        await made.InsideAsync("link", "set", "lo", "up");
        return made;
    }

    /// <summary>Adds a link, with an address at each end.</summary>
    public async Task<NetworkLink> AddLinkAsync()
    {
        // Addresses for tests of networks (RFC 2544), four to a link: never routed anywhere.
        var block = FreeBlock();
        var (outside, inside) = (Address(block, 1), Address(block, 2));
        var device = string.Create(CultureInfo.InvariantCulture, $"ig{block:x4}-{_links++}");
        var (near, far) = (device + "o", device + "i");
        await RunAsync("link", "add", near, "type", "veth", "peer", "name", far);
        await RunAsync("link", "set", far, "netns", _name);
        await RunAsync("addr", "add", $"{outside}/30", "dev", near);
        await RunAsync("link", "set", near, "up");
        await InsideAsync("addr", "add", $"{inside}/30", "dev", far);
        await InsideAsync("link", "set", far, "up");
        return new NetworkLink(this, far, outside, inside);
    }

    /// <summary>Changes the network inside; arguments of <c>ip</c>.</summary>
    internal Task InsideAsync(params string[] arguments) => RunAsync(["-n", _name, .. arguments]);

    public async ValueTask DisposeAsync() => await RunAsync("netns", "delete", _name);

    private static int FreeBlock()
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address)
            .ToHashSet();
        int block;
        do
            block = Random.Shared.Next(1 << 15);
        while (taken.Contains(Address(block, 1)));
        return block;
    }

    private static IPAddress Address(int block, int host) => new([198, (byte)(18 + (block >> 14)), (byte)(block >> 6), (byte)((block << 2) + host)]);

    private static async Task RunAsync(params string[] arguments)
    {
        var result = await CommandResult.OfAsync("ip", arguments);
        Assert.True(result.ExitCode == 0, $"ip {string.Join(' ', arguments)}: {result.Output}");
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
}

/// <summary>A link between a namespace and this machine's own network.</summary>
/// <param name="Namespace">What it leads into.</param>
/// <param name="Device">Its card in there.</param>
/// <param name="Outside">Address of the end outside.</param>
/// <param name="Inside">Address of the end inside.</param>
internal sealed record NetworkLink(NetworkNamespace Namespace, string Device, IPAddress Outside, IPAddress Inside)
{
    /// <summary>Cuts it: packets under way and all later ones are lost, and connections are not told.</summary>
    public Task CutAsync() => Namespace.InsideAsync("link", "set", Device, "down");

    public Task HealAsync() => Namespace.InsideAsync("link", "set", Device, "up");
}

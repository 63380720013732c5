using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Ingest.Collector;
using Ingest.Hosting;

namespace Ingest.Silo;

/// <summary>The options of <c>ingest run</c> that only a cluster has.</summary>
internal sealed class SiloCommand
{
    // The largest requests must fit.
    private const long SpillBytesMin = 16L << 20;

    private readonly Option<string?> _cluster = RunCommand.Text("--cluster", "NAME", "Silos with the same name and the same PostgreSQL belong together.", "ingest");
    private readonly Option<string?> _name = RunCommand.Text("--silo-name", "NAME", "Name of this silo, for people; host name and process id when absent.", null);
    private readonly Option<string?> _roles = RunCommand.Text("--roles", "frontend|worker|all", "frontend: takes events over HTTP. worker: hosts partitions and ships. all: both.", "all");
    private readonly Option<string?> _advertise = RunCommand.Text("--advertise", "ADDRESS", "IP address at which other silos reach this one; the host's own when absent, loopback without --postgres.", null);
    private readonly Option<int> _port = new("--silo-port")
    {
        HelpName = "PORT",
        Description = "TCP port for the other silos; 0 lets the system choose. Keep it away from the outside: whoever reaches it is trusted.",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string?> _leaveDelay = RunCommand.Text("--leave-delay", "TIME", "How long a stopping silo goes on serving after /ready says no; longer than the balancer's checks. 5s with --postgres, else 0s.", null);

    private readonly Option<string?> _balanceAfter = RunCommand.Text("--balance-after", "TIME", "Partitions move to a silo that joined once the silos have been the same for so long; longer than a rolling restart takes from one silo to the next.", "30s");

    private readonly Option<string?> _spill = RunCommand.Text("--spill", "on|off", "Whether events are kept in the data folder, and answered with success, while PostgreSQL cannot be reached. on with --postgres, else off.", null);
    private readonly Option<string?> _spillBytes = RunCommand.Text("--spill-bytes", "SIZE", "Most bytes of events kept so; beyond, clients are told to send again.", "1GiB");

    public SiloCommand()
    {
        _roles.AcceptOnlyFromAmong("frontend", "worker", "all");
        _spill.AcceptOnlyFromAmong("on", "off");
    }

    public IReadOnlyList<Option> Options => [_cluster, _name, _roles, _advertise, _port, _leaveDelay, _balanceAfter, _spill, _spillBytes];

    /// <summary>Reads the options; collects what is wrong with them.</summary>
    public SiloSettings Read(ParseResult parsed, RunSettings settings, ICollection<string> mistakes)
    {
        var isAlone = settings.Postgres is null;
        var advertise = IPAddress.Loopback;
        if (parsed.GetValue(_advertise) is { } text)
        {
            if (!IPAddress.TryParse(text, out advertise!))
                mistakes.Add($"--advertise {text}: write an IP address that the other silos reach.");
        }
        else if (!isAlone)
            advertise = HostAddress();

        var delay = isAlone ? TimeSpan.Zero : TimeSpan.FromSeconds(5);
        if (parsed.GetValue(_leaveDelay) is { } given)
        {
            if (Quantities.Time(given, TimeSpan.FromMinutes(10)) is { } time)
                delay = time;
            else
                mistakes.Add($"--leave-delay {given}: write a time such as 5s, at most 10m.");
        }

        var balanceAfter = Quantities.Time(parsed.GetValue(_balanceAfter)!, TimeSpan.FromHours(1));
        if (balanceAfter is null)
            mistakes.Add($"--balance-after {parsed.GetValue(_balanceAfter)}: write a time such as 30s, at most 1h.");
        var roles = Enum.Parse<SiloRoles>(parsed.GetValue(_roles)!, ignoreCase: true);
        if (isAlone && roles != SiloRoles.All)
            mistakes.Add($"--roles {parsed.GetValue(_roles)}: a silo without --postgres is alone and must do everything.");
        var (spills, spillBytes) = ReadSpill(parsed, isAlone, roles, mistakes);
        if (parsed.GetValue(_port) is < 0 or > 65_535)
            mistakes.Add($"--silo-port {parsed.GetValue(_port)}: a port is 0 to 65535.");
        return new SiloSettings
        {
            Cluster = parsed.GetValue(_cluster)!,
            Name = parsed.GetValue(_name) ?? $"{Environment.MachineName}-{Environment.ProcessId}",
            Roles = roles,
            Advertise = advertise ?? IPAddress.Loopback,
            Port = parsed.GetValue(_port),
            Spills = spills,
            SpillBytesMax = spillBytes,
            LeaveDelay = delay,
            BalanceAfter = balanceAfter ?? TimeSpan.Zero,
        };
    }

    private (bool Spills, long BytesMax) ReadSpill(ParseResult parsed, bool isAlone, SiloRoles roles, ICollection<string> mistakes)
    {
        var isWanted = parsed.GetValue(_spill) is "on";
        if (isWanted && isAlone)
            mistakes.Add("--spill on: a silo without --postgres has its journal on the same disk, and nothing to spill to.");
        if (isWanted && roles == SiloRoles.Worker)
            mistakes.Add("--spill on: a silo with --roles worker takes no events that it could keep.");
        var bytes = Quantities.Bytes(parsed.GetValue(_spillBytes)!);
        if (bytes is null or < SpillBytesMin)
            mistakes.Add($"--spill-bytes {parsed.GetValue(_spillBytes)}: write a size such as 1GiB, 16MiB at least.");
        var isOff = parsed.GetValue(_spill) is "off";
        return (!isAlone && !isOff && roles.HasFlag(SiloRoles.Frontend), bytes ?? 0);
    }

    /// <summary>The first IPv4 address of this host that is not loopback; loopback where there is none.</summary>
    private static IPAddress HostAddress() =>
        Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork).FirstOrDefault(address => !IPAddress.IsLoopback(address))
        ?? IPAddress.Loopback;
}

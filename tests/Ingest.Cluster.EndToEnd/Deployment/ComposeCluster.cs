using System.Text.RegularExpressions;
using Npgsql;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// The services of docker-compose.yml as plain processes: their commands and variables as written there, with names of
/// hosts replaced by loopback addresses and folders of containers by those of a test. PostgreSQL and HAProxy are real; the
/// S3 server is another one.
/// </summary>
internal sealed partial class ComposeCluster : IInstallation, IAsyncDisposable
{
    /// <summary>Ports of containers that are free on this machine instead, and folders of containers: the harness gives its own.</summary>
    private static readonly string[] Replaced = ["--host", "--port", "--silo-port", "--data", "--config", "--s3-endpoint"];

    private readonly IReadOnlyDictionary<string, ComposeService> _services = ComposeFile.Read();
    private readonly TemporaryFolder _folder = new();
    private readonly PostgresServer _postgres;
    private readonly string _connectionString;
    private readonly S3Lake _s3;
    private HaProxy? _balancer;

    private ComposeCluster(PostgresServer postgres, string connectionString, S3Lake s3)
    {
        _postgres = postgres;
        _connectionString = connectionString;
        _s3 = s3;
        Silos = [.. _services.Where(service => service.Value.Command is ["run", ..]).Select(service => NewSilo(service.Key, service.Value))];
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<Silo> Silos { get; }

    /// <summary>Where clients post.</summary>
    public Uri Url => _balancer?.Url ?? throw new InvalidOperationException("The balancer was not started.");

    public string LakeFolder => _folder.Of("lake");

    /// <summary>What each silo wrote.</summary>
    public string Outputs => string.Join('\n', Silos.Select(silo => $"--- {silo.Name} wrote:\n{silo.Output}"));

    /// <summary>Starts everything, in the order in which the services wait for each other; skips the test where a server is not to be had.</summary>
    public static async Task<ComposeCluster> StartAsync()
    {
        HaProxy.Require();
        var s3 = await S3Lake.StartAsync(BucketOfLake());
        await s3.CreateBucketAsync();
        var (postgres, absence) = await PostgresServer.StartAsync(mustBePrivate: true);
        Assert.SkipWhen(postgres is null, absence ?? "");
        var cluster = new ComposeCluster(postgres, await postgres.NewDatabaseAsync(), s3);
        try
        {
            await cluster.StartServicesAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<CommandResult> RunAsync(string verb, params string[] arguments)
    {
        var silo = Silos.FirstOrDefault(silo => silo.IsRunning);
        var environment = EnvironmentOf(_services["silo-1"]);
        if (silo is not null)
            environment["INGEST_URL"] = silo.Url.ToString();
        string[] lake = verb == "audit" ? ["--lake", _s3.Location, .. _s3.Options] : [];
        return CommandResult.OfAsync(Repository.Launcher, [verb, .. arguments, .. lake], environment, _folder.Path);
    }

    public Task<string> ReadStatusAsync()
    {
        var silo = Silos.First(silo => silo.IsRunning);
        return StatusPage.ReadAsync(silo.Url, _services[silo.Name].Environment["INGEST_ADMIN_KEY"]);
    }

    /// <summary>The end of a test: everything ships, all silos leave in good order, and three witnesses judge the lake.</summary>
    public async Task AssertConservedAsync(ConservationOracle oracle)
    {
        await this.WaitUntilShippedAsync(() => Outputs);
        foreach (var silo in Silos.Where(silo => silo.IsRunning))
            await silo.StopAsync();
        await _s3.DownloadAsync(LakeFolder);
        await Verdict.AssertConservedAsync(this, oracle);
    }

    public async ValueTask DisposeAsync()
    {
        if (_balancer is not null)
            await _balancer.DisposeAsync();
        foreach (var silo in Silos)
            await silo.DisposeAsync();
        await _postgres.DisposeAsync();
        await _s3.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StartServicesAsync()
    {
        TestSources.Write(_folder.Of("config"));
        var migrate = _services["migrate"];
        var migrated = await CommandResult.OfAsync(Repository.Launcher, migrate.Command, EnvironmentOf(migrate), _folder.Path);
        Assert.True(migrated.ExitCode == 0, migrated.Output);
        foreach (var silo in Silos)
            await silo.BeginStartAsync();
        foreach (var silo in Silos)
            await silo.ReadyAsync();

        const string settings = "haproxy.cfg";
        _balancer = await HaProxy.RequireAsync(settings, HaProxy.ServersOf(settings).Select(OnThisMachine));
        using var http = new HttpClient();
        await Deadline.UntilAsync(TryReadyAsync, Deadline.Process, () => $"no silo is ready behind the balancer.\n{Outputs}");

        async Task<object?> TryReadyAsync()
        {
            using var answer = await http.GetAsync(new Uri(Url, "/ready"));
            return answer.IsSuccessStatusCode ? Url : null;
        }
    }

    private Silo NewSilo(string name, ComposeService service)
    {
        // In pairs of name and value, after the word "run".
        var kept = service.Command.Skip(1).Chunk(2).Where(option => !Replaced.Contains(option[0], StringComparer.Ordinal)).SelectMany(option => option);
        string[] arguments = [.. kept, .. _s3.Options, "--config", _folder.Of("config"), "--seal-age", "1s"];
        return new Silo(name, _folder.Of(name), SiloPlace.Loopback, arguments, EnvironmentOf(service));
    }

    /// <summary>A service's variables, with the servers of this test in the place of the containers.</summary>
    private Dictionary<string, string> EnvironmentOf(ComposeService service)
    {
        var real = new NpgsqlConnectionStringBuilder(_connectionString);
        var journal = new NpgsqlConnectionStringBuilder(service.Environment["INGEST_POSTGRES"])
        {
            Host = real.Host,
            Port = real.Port,
            Username = real.Username,
            Password = real.Password,
            Database = real.Database,
        };
        var environment = new Dictionary<string, string>(service.Environment, StringComparer.Ordinal)
        {
            ["INGEST_NO_BUILD"] = "1",
            ["INGEST_POSTGRES"] = journal.ConnectionString,
        };
        foreach (var (name, value) in _s3.Server.Environment)
            environment[name] = value;
        return environment;
    }

    /// <summary>A server of the balancer's settings, with its address on this machine.</summary>
    private string OnThisMachine(string server) =>
        SiloAddress().Replace(server, match => Silos.Single(silo => silo.Name == match.Groups[1].Value).Url.Authority);

    private static string BucketOfLake()
    {
        var command = ComposeFile.Read()["silo-1"].Command;
        return new Uri(command[command.ToList().IndexOf("--lake") + 1]).Host;
    }

    [GeneratedRegex(@"\b(silo-\d):8080", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SiloAddress();
}

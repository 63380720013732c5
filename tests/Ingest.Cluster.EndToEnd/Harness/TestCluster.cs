using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// Silos over a database and a lake of their own: started, killed and rolled by a test, judged by the witnesses.
/// </summary>
internal sealed class TestCluster : IInstallation, IAsyncDisposable
{
    /// <summary>Key of the admin pages of every silo.</summary>
    public const string AdminKey = "key-of-the-cluster-tests";

    /// <summary>Option that says how long a silo that stops goes on serving.</summary>
    public const string LeaveDelay = "--leave-delay";

    private const string PostgresVariable = "INGEST_POSTGRES";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Silo> _silos = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly IReadOnlyList<string> _options;

    private TestCluster(PostgresServer postgres, string connectionString, S3Lake? s3, IReadOnlyList<string> options)
    {
        (Postgres, ConnectionString, S3) = (postgres, connectionString, s3);
        // No balancer needs to see that a silo leaves, unless a test has one.
        _options = [.. s3?.Options ?? [], .. options, .. options.Contains(LeaveDelay) ? Array.Empty<string>() : [LeaveDelay, "0s"]];
        TestSources.Write(Config);
        _environment = new Dictionary<string, string>(s3?.Server.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["INGEST_NO_BUILD"] = "1",
            [PostgresVariable] = connectionString,
            ["INGEST_ADMIN_KEY"] = AdminKey,
        };
    }

    /// <summary>The database server, of no other cluster while this one lives: to be stopped, crashed and paused.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>Connection string of the cluster's database.</summary>
    public string ConnectionString { get; }

    /// <summary>Where the lake is S3: the server, with a proxy of faults before it.</summary>
    public S3Lake? S3 { get; }

    public IReadOnlyList<Silo> Silos => _silos;

    /// <summary>The lake where it is a folder, and the place for a copy of it where it is not.</summary>
    public string LakeFolder => _folder.Of("lake");

    /// <summary>Value of <c>--lake</c>.</summary>
    public string Lake => S3?.Location ?? LakeFolder;

    private string Config => _folder.Of("config");

    /// <summary>Where clients post: every silo, in order.</summary>
    public IReadOnlyList<Uri> Urls => [.. _silos.Select(silo => silo.Url)];

    /// <summary>Makes a cluster with an empty, migrated database, and starts its silos.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="s3">The lake, with its bucket; a folder when null. Disposed by the caller.</param>
    /// <param name="options">Further options of <c>./ingest run</c> for every silo.</param>
    public static async Task<TestCluster> StartAsync(int silos, S3Lake? s3 = null, params IReadOnlyList<string> options)
    {
        var postgres = await CrashablePostgres.RequireAsync();
        var cluster = new TestCluster(postgres, await postgres.NewDatabaseAsync(), s3, options);
        try
        {
            await Ingest.Storage.PostgresMigrations.RunAsync(cluster.ConnectionString, _ => { }, TestContext.Current.CancellationToken);
            for (var number = 1; number <= silos; number++)
                cluster.Add();
            await cluster.StartAllAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts those silos that do not run, all at once, and waits until they are ready.</summary>
    public async Task StartAllAsync()
    {
        var stopped = _silos.Where(silo => !silo.IsRunning).ToList();
        foreach (var silo in stopped)
            await silo.BeginStartAsync();
        foreach (var silo in stopped)
            await silo.ReadyAsync();
    }

    /// <summary>Starts a balancer before the silos, with the product's own settings.</summary>
    public Task<HaProxy> StartBalancerAsync() =>
        HaProxy.RequireAsync("haproxy.cfg", _silos.Select(silo => $"{silo.Name} {silo.Url.Authority}"));

    /// <summary>Adds a silo, not started yet.</summary>
    /// <param name="place">Where it runs; on loopback when null.</param>
    public Silo Add(SiloPlace? place = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count + 1}");
        string[] shared = ["--lake", Lake, "--config", Config, "--seal-age", "1s", .. _options];
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal);
        if (place?.Postgres is { } postgres)
            environment[PostgresVariable] = postgres;
        var silo = new Silo(name, _folder.Of(name), place ?? SiloPlace.Loopback, shared, environment);
        _silos.Add(silo);
        return silo;
    }

    /// <summary>A client that posts to all silos in turn, and sends again to the next one until it is answered with success.</summary>
    public PlainClient NewClient() => new(Urls) { Patience = TimeSpan.FromSeconds(10) };

    /// <summary>Runs a verb of the launcher against this cluster: <c>status</c> by a silo that runs, <c>audit</c> by its database.</summary>
    public Task<CommandResult> RunAsync(string verb, params string[] arguments)
    {
        var environment = new Dictionary<string, string>(_environment, StringComparer.Ordinal);
        if (_silos.FirstOrDefault(silo => silo.IsRunning) is { } running)
            environment["INGEST_URL"] = running.Url.ToString();
        string[] lake = verb == "audit" ? ["--lake", Lake, .. S3?.Options ?? []] : [];
        return CommandResult.OfAsync(Repository.Launcher, [verb, .. arguments, .. lake], environment, _folder.Path);
    }

    public Task<string> ReadStatusAsync() => StatusPage.ReadAsync(_silos.First(silo => silo.IsRunning).Url, AdminKey);

    /// <summary>Waits until every silo hosts partitions.</summary>
    public async Task WaitUntilBalancedAsync()
    {
        var last = "none";
        await Deadline.UntilAsync(
            async () =>
            {
                last = await ReadStatusAsync();
                if (!ServerStatus.TryParse(last, out var status))
                    return null;
                var partitions = status.PartitionsBySilo;
                Progress.Write($"Partitions: {string.Join(", ", partitions.Select(silo => $"{silo.Key} {silo.Value}"))}.");
                return partitions.Count == _silos.Count && partitions.Values.All(count => count > 0) ? last : null;
            },
            Deadline.Delivery,
            () => $"not every silo hosts partitions: {last}\n{Outputs()}",
            pause: TimeSpan.FromSeconds(1));
    }

    /// <summary>
    /// The end of a test: everything ships, all silos leave in good order, and three witnesses judge the lake.
    /// </summary>
    public async Task AssertConservedAsync(ConservationOracle oracle)
    {
        await this.WaitUntilShippedAsync(Outputs);
        await Task.WhenAll(_silos.Where(silo => silo.IsRunning).Select(silo => silo.StopAsync()));
        if (S3 is not null)
            await S3.DownloadAsync(LakeFolder);
        await Verdict.AssertConservedAsync(this, oracle);
    }

    /// <summary>What every silo wrote, for the message of a failure.</summary>
    public string Outputs() => string.Join('\n', _silos.Select(silo => $"--- {silo.Name} wrote:\n{silo.Output}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in _silos)
            await silo.DisposeAsync();
        _folder.Dispose();
    }
}

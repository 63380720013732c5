using System.Globalization;

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// Silos over a PostgreSQL of their own and one lake: started, killed and rolled by a test, judged by the witnesses.
/// </summary>
internal sealed class TestCluster : IInstallation, IAsyncDisposable
{
    /// <summary>Key of the admin pages of every silo.</summary>
    public const string AdminKey = "key-of-the-cluster-tests";

    private readonly TemporaryFolder _folder = new();
    private readonly List<Silo> _silos = [];
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly IReadOnlyList<string> _options;

    private TestCluster(PostgresServer postgres, string connectionString, S3Lake? s3, IReadOnlyList<string> options)
    {
        (Postgres, S3) = (postgres, s3);
        _options = [.. s3?.Options ?? [], .. options];
        _environment = new Dictionary<string, string>(s3?.Server.Environment ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            ["INGEST_NO_BUILD"] = "1",
            ["INGEST_POSTGRES"] = connectionString,
            ["INGEST_ADMIN_KEY"] = AdminKey,
        };
    }

    /// <summary>The database server, for this cluster alone: to be stopped, crashed and paused.</summary>
    public PostgresServer Postgres { get; }

    /// <summary>Where the lake is S3: the server, with a proxy of faults before it.</summary>
    public S3Lake? S3 { get; }

    public IReadOnlyList<Silo> Silos => _silos;

    /// <summary>The lake where it is a folder, and the place for a copy of it where it is not.</summary>
    public string LakeFolder => _folder.Of("lake");

    /// <summary>Value of <c>--lake</c>.</summary>
    public string Lake => S3?.Location ?? LakeFolder;

    /// <summary>Where clients post: every silo, in order.</summary>
    public IReadOnlyList<Uri> Urls => [.. _silos.Select(silo => silo.Url)];

    /// <summary>Makes a cluster with an empty, migrated database, and starts its silos.</summary>
    /// <param name="silos">How many.</param>
    /// <param name="s3">The lake, with its bucket; a folder when null. Disposed by the caller.</param>
    /// <param name="options">Further options of <c>./ingest run</c> for every silo.</param>
    public static async Task<TestCluster> StartAsync(int silos, S3Lake? s3 = null, params IReadOnlyList<string> options)
    {
        var (postgres, absence) = await PostgresServer.StartAsync(mustBePrivate: true);
        Assert.SkipWhen(postgres is null, absence ?? "");
        var cluster = new TestCluster(postgres, await postgres.NewDatabaseAsync(), s3, options);
        try
        {
            var migrated = await cluster.RunAsync("db", "migrate");
            Assert.True(migrated.ExitCode == 0, migrated.Output);
            for (var number = 1; number <= silos; number++)
                await cluster.Add().BeginStartAsync();
            foreach (var silo in cluster.Silos)
                await silo.ReadyAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Adds a silo, not started yet.</summary>
    public Silo Add()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"silo-{_silos.Count + 1}");
        string[] shared =
        [
            "--advertise", "127.0.0.1", "--leave-delay", "1s", "--lake", Lake, "--config", Repository.Config, "--seal-age", "1s",
            .. _options,
        ];
        var silo = new Silo(name, _folder.Of(name), shared, _environment);
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

    /// <summary>
    /// The end of a test: everything ships, all silos leave in good order, and three witnesses judge the lake.
    /// </summary>
    public async Task AssertConservedAsync(ConservationOracle oracle)
    {
        await this.WaitUntilShippedAsync(Outputs);
        foreach (var silo in _silos.Where(silo => silo.IsRunning))
            await silo.StopAsync();
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
        await Postgres.DisposeAsync();
        _folder.Dispose();
    }
}

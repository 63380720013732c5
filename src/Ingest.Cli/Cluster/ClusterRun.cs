using System.Globalization;
using System.Security.Cryptography;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>
/// A cluster on this machine, from its start to its end: PostgreSQL, its migrations, and silos as processes. What is in its
/// folder outlives it, and the next start goes on with it.
/// </summary>
/// <param name="settings">What it was told.</param>
/// <param name="siloProgram">Path of the silo's program.</param>
/// <param name="say">Tells the person at the terminal.</param>
internal sealed class ClusterRun(ClusterSettings settings, string siloProgram, Action<string> say)
{
    private const string KeyVariable = "INGEST_ADMIN_KEY";

    /// <summary>First port for silos among themselves: the one that Orleans' own documentation uses.</summary>
    private const int SiloPortFirst = 11_111;

    private const int UrlPortFirst = 8080;

    private readonly PrivatePostgres? _private = settings.Postgres is null
        ? new PrivatePostgres(ProductFolder.PostgresTool!, Path.Combine(settings.Data, PrivatePostgres.FolderName))
        : null;

    private readonly List<SupervisedSilo> _silos = [];
    private bool _isPostgresStarted;

    /// <summary>Runs it until it is asked to stop, or no silo is left.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="ClusterFailedException">It cannot be started.</exception>
    public async Task<int> RunAsync(StopRequests requests)
    {
        Directory.CreateDirectory(settings.Data);
        using var folderLock = Lock();
        RefuseLeftovers();
        try
        {
            var file = await PrepareAsync();
            Build(file);
            requests.AtOnce = KillAll;
            if (!await StartSilosAsync(requests.Asked))
                return requests.Asked.IsCompleted ? ExitCodes.Good : ExitCodes.NoAnswer;
            ClusterBanner.Print(say, settings, file, _silos);
            return await WatchAsync(requests.Asked) ? ExitCodes.Good : ExitCodes.Bad;
        }
        finally
        {
            await StopAsync();
        }
    }

    private FileStream Lock()
    {
        try
        {
            return new FileStream(Path.Combine(settings.Data, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ClusterFailedException($"Another ./ingest cluster runs on {settings.Data}.");
        }
    }

    /// <summary>Silos of a start that was killed go on without it; a second one beside them would fight for their ports.</summary>
    private void RefuseLeftovers()
    {
        var pids = DataFolder.Read(settings.Data)[0].Nodes.Select(node => node.Pid).Where(IsOurs).ToList();
        if (pids.Count > 0)
            throw new ClusterFailedException($"Silos of an earlier start still run: stop them first, with kill {string.Join(' ', pids)}");
    }

    /// <summary>Whether a process is a silo on this folder, and not another one that got its number since.</summary>
    private bool IsOurs(int pid)
    {
        var commandLine = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline");
        return File.Exists(commandLine) && File.ReadAllText(commandLine).Contains(settings.Data + '/', StringComparison.Ordinal);
    }

    /// <summary>The database, up to date, and what the commands beside the cluster must know.</summary>
    private async Task<ClusterFile> PrepareAsync()
    {
        var connection = settings.Postgres;
        if (_private is not null)
        {
            say("Starting PostgreSQL ...");
            connection = await _private.StartAsync();
            _isPostgresStarted = true;
        }

        try
        {
            await PostgresMigrations.RunAsync(
                connection!,
                migration => say(string.Create(CultureInfo.InvariantCulture, $"Migration {migration.Version} applied: {migration.Name}")),
                CancellationToken.None);
        }
        catch (JournalUnavailableException fault)
        {
            throw new ClusterFailedException($"The database cannot be made ready: {fault.Message}");
        }

        var key = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } given ? given
            : ClusterFile.Read(settings.Data)?.AdminKey ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var file = new ClusterFile(connection!, settings.Lake, settings.LakeOptions, key);
        file.Write(settings.Data);
        return file;
    }

    private void Build(ClusterFile file)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["INGEST_POSTGRES"] = file.Postgres,
            [KeyVariable] = file.AdminKey,
        };
        var ports = settings.Port is { } first ? [.. Enumerable.Range(first, settings.Silos)] : FreePorts.From(UrlPortFirst, settings.Silos);
        var siloPorts = FreePorts.From(SiloPortFirst, settings.Silos);
        for (var i = 0; i < settings.Silos; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"silo-{i + 1}");
            var folder = DataFolder.OfSilo(settings.Data, name);
            Directory.CreateDirectory(folder);
            var url = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{ports[i]}"));
            _silos.Add(new SupervisedSilo(
                name, url, Arguments(name, folder, ports[i], siloPorts[i]), environment, new LogFile(Path.Combine(folder, "log")), say));
        }
    }

    private string[] Arguments(string name, string folder, int port, int siloPort) =>
    [
        siloProgram, "--silo-name", name, "--host", "127.0.0.1", "--port", Text(port),
        "--advertise", "127.0.0.1", "--silo-port", Text(siloPort), "--data", folder,
        // No balancer must see first that it leaves.
        "--leave-delay", "0s",
        "--lake", settings.Lake, .. settings.LakeOptions.SelectMany(option => new[] { "--" + option.Key, option.Value }),
        .. settings.HandedOn,
    ];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The first silo alone, so that what is wrong with the settings is said once; then the others together.</summary>
    /// <returns>False where one ended before it was ready, or the person asked to stop.</returns>
    private async Task<bool> StartSilosAsync(Task asked)
    {
        return await StartAsync(_silos[..1]) && await StartAsync(_silos[1..]);

        async Task<bool> StartAsync(List<SupervisedSilo> silos)
        {
            foreach (var silo in silos)
                silo.Start();
            var settled = Task.WhenAll(silos.Select(silo => silo.Settled));
            if (await Task.WhenAny(settled, asked) == asked)
                return false;
            var failed = silos.Where(silo => !silo.Settled.Result).ToList();
            foreach (var silo in failed)
                say($"{silo.Name} did not start. It wrote to {silo.Log.Path}:\n{string.Join('\n', silo.Log.Newest)}");
            return failed.Count == 0;
        }
    }

    /// <returns>False where no silo is left.</returns>
    private async Task<bool> WatchAsync(Task asked)
    {
        var none = Task.WhenAll(_silos.Select(silo => silo.Ended));
        if (await Task.WhenAny(asked, none) == asked)
            return true;
        say("No silo is left.");
        return false;
    }

    /// <summary>One silo after the other, so that each hands its partitions to those that stay and the last ships what is left.</summary>
    private async Task StopAsync()
    {
        foreach (var silo in Enumerable.Reverse(_silos))
        {
            if (!silo.Ended.IsCompleted)
                say($"Stopping {silo.Name} ...");
            await silo.StopAsync();
            silo.Dispose();
        }

        if (_isPostgresStarted)
        {
            say("Stopping PostgreSQL ...");
            await _private!.StopAsync();
        }
    }

    private void KillAll()
    {
        say("Killing the silos: nothing is lost, the journal has it.");
        foreach (var silo in _silos)
            silo.Kill();
    }
}

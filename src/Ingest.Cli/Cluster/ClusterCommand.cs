using System.CommandLine;
using System.Globalization;
using System.Net;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary><c>ingest cluster</c>: a whole cluster on this machine, for trying out.</summary>
internal static class ClusterCommand
{
    public static Command Create()
    {
        var silos = new Argument<int>("N")
        {
            Description = $"Number of silos, {ClusterSettings.SilosMin} to {ClusterSettings.SilosMax}.",
            DefaultValueFactory = _ => 3,
            Arity = ArgumentArity.ZeroOrOne,
        };
        var port = new Option<int?>("--port") { HelpName = "PORT", Description = "TCP port of the first silo, the next ones follow; free ones from 8080 on when absent." };
        var data = Text("--data", "DIR", "Folder of everything that the cluster keeps; a second start goes on with it.");
        data.DefaultValueFactory = _ => Path.Combine(".", "data", DataFolder.ClusterName);
        var postgres = Text("--postgres", "CONNECTION", "A PostgreSQL that runs already, as in 'Host=db;Username=ingest;Password=…;Database=ingest'; a private one in the data folder when absent.");
        var lake = Text("--lake", "DIR|s3://BUCKET/PREFIX", "Where events end up; the folder lake in the data folder when absent.");
        var config = Text("--config", "DIR", "As for ./ingest run.");
        var sealAge = Text("--seal-age", "TIME", "As for ./ingest run.");
        var lakeOptions = LakeOption.All.ToDictionary(option => option, option => Text("--" + option.Name, option.Value, option.Help));
        var command = new Command(
            "cluster",
            "Runs a cluster on this machine, for trying out: a private PostgreSQL, N silos, a lake in a folder.\n" +
            "Everything listens on 127.0.0.1. A silo that dies is started again. Ctrl-C stops all of it in good order.\n" +
            "Exit code: 0 stopped as asked, 1 no silo was left or the command line is wrong, 2 it could not be started.\n" +
            "Example: ./ingest cluster 3 --port 8080 --lake s3://my-bucket/events")
        {
            silos, port, data, postgres, lake, config, sealAge,
        };
        foreach (var option in lakeOptions.Values)
            command.Options.Add(option);
        command.SetAction(async parsed =>
        {
            var mistakes = new List<string>();
            var folder = Path.GetFullPath(parsed.GetValue(data)!);
            var given = lakeOptions
                .Select(option => (option.Key.Name, Value: parsed.GetValue(option.Value)))
                .Where(option => option.Value is not null)
                .ToDictionary(option => option.Name, option => option.Value!, StringComparer.Ordinal);
            var settings = new ClusterSettings
            {
                Silos = parsed.GetValue(silos),
                Port = parsed.GetValue(port),
                Data = folder,
                Postgres = parsed.GetValue(postgres),
                Lake = FullLake(parsed.GetValue(lake), folder),
                LakeOptions = given,
                HandedOn = [.. HandOn(parsed, config), .. HandOn(parsed, sealAge)],
            };
            Check(settings, mistakes);
            return mistakes.Count > 0 ? Complain(mistakes, ExitCodes.Bad) : await RunAsync(settings);
        });
        return command;
    }

    private static async Task<int> RunAsync(ClusterSettings settings)
    {
        var missing = new List<string>();
        if (!OperatingSystem.IsLinux())
            missing.Add("./ingest cluster needs Linux. Elsewhere: docker compose up");
        if (ProductFolder.Silo is null)
            missing.Add("Ingest.Silo is not built: start this by ./ingest cluster, in the folder of the sources.");
        if (settings.Postgres is null && ProductFolder.PostgresTool is null)
            missing.Add("tools/postgres is not here: name a PostgreSQL that runs with --postgres.");
        if (missing.Count > 0)
            return Complain(missing, ExitCodes.NoAnswer);

        using var requests = new StopRequests();
        try
        {
            return await new ClusterRun(settings, ProductFolder.Silo!, Say).RunAsync(requests);
        }
        catch (Exception exception) when (exception is ClusterFailedException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            return Complain([exception.Message], ExitCodes.NoAnswer);
        }
    }

    /// <summary>Everything that can be known to be wrong before anything is started.</summary>
    private static void Check(ClusterSettings settings, List<string> mistakes)
    {
        if (settings.Silos is < ClusterSettings.SilosMin or > ClusterSettings.SilosMax)
            mistakes.Add($"{settings.Silos} silos: write {ClusterSettings.SilosMin} to {ClusterSettings.SilosMax}.");
        if (settings.Port is { } port)
            CheckPorts(port, settings.Silos, mistakes);
        if (settings.Postgres is not null)
            JournalLocation.Parse(settings.Data, settings.Postgres, mistakes);
        LakeLocation.Parse(settings.Lake, option => settings.LakeOptions.GetValueOrDefault(option.Name), mistakes);
    }

    private static void CheckPorts(int first, int count, List<string> mistakes)
    {
        if (first < 1 || first + count - 1 > IPEndPoint.MaxPort)
        {
            mistakes.Add($"--port {first}: {count} ports from there on must lie within 1 to {IPEndPoint.MaxPort}.");
            return;
        }

        mistakes.AddRange(Enumerable.Range(first, Math.Max(0, count)).Where(port => !FreePorts.IsFree(port))
            .Select(port => $"--port {first}: port {port} is taken."));
    }

    private static string FullLake(string? given, string dataFolder) =>
        given is null ? Path.Combine(dataFolder, "lake")
        : given.Contains("://", StringComparison.Ordinal) || given.Length == 0 ? given
        : Path.GetFullPath(given);

    private static IEnumerable<string> HandOn(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } value ? [option.Name, value] : [];

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    private static void Say(string line) => Console.WriteLine(
        line.StartsWith('\n') ? line : string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {line}"));

    private static int Complain(IReadOnlyList<string> mistakes, int exitCode)
    {
        foreach (var mistake in mistakes)
            Console.Error.WriteLine(mistake);
        return exitCode;
    }
}

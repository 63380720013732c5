namespace Ingest.EndToEnd;

/// <summary>A rebuild killed in the middle ends as one that was not, and rules that changed are a conflict.</summary>
public sealed class RebuildTests
{
    private const int Objects = 5;
    private const int EventsPerObject = 2_000;

    [Fact]
    public async Task Killed_and_started_anew_it_writes_what_an_unbroken_one_writes()
    {
        using var config = new ConfigFolder(hasSchemas: true);
        await using var installation = new Installation { Runtime = "node" };
        await ShipAsync(installation);

        var whole = await RebuildAsync(installation, "whole", config);
        Assert.True(whole.ExitCode == 0, whole.Output);
        Assert.Contains($"{Objects * EventsPerObject} events: {Objects * EventsPerObject} good, 0 quarantined now", whole.Output, StringComparison.Ordinal);
        Assert.Equal(Sent(installation.LakeFolder), Sent(Path.Combine(installation.LakeFolder, "whole")));

        await using (var rebuild = installation.Start([.. Command("broken", config)]))
        {
            await Deadline.UntilAsync(
                () => Task.FromResult(Records(installation, "broken").FirstOrDefault()),
                Deadline.Delivery,
                () => $"no object was rebuilt. The command wrote:\n{rebuild.Output}");
            await rebuild.KillAsync();
        }

        Progress.Write($"Killed with {Records(installation, "broken").Count()} of {Objects} objects rebuilt.");
        var rest = await RebuildAsync(installation, "broken", config);
        Assert.True(rest.ExitCode == 0, rest.Output);
        Assert.Equal(Files(installation, "whole"), Files(installation, "broken"));

        config.WriteSchema(schema => schema.Replace("\"maximum\": 150", "\"maximum\": 75", StringComparison.Ordinal));
        var conflict = await RebuildAsync(installation, "broken", config);
        Assert.True(conflict.ExitCode == 2, conflict.Output);
        Assert.Contains("begun with other rules", conflict.Output, StringComparison.Ordinal);

        var strict = await RebuildAsync(installation, "strict", config);
        Assert.True(strict.ExitCode == 1, strict.Output);
        var lines = LakeReader.Read(Path.Combine(installation.LakeFolder, "strict"));
        Assert.Equal(Objects * EventsPerObject, lines.Count);
        Assert.Contains(lines, line => line.Stream == "good");
        Assert.All(lines.Where(line => line.Stream == "quarantine"), line => Assert.Equal([PlainEvent.InvalidRule], line.Rules));
        Assert.Equal(lines.Count(line => line.Stream == "quarantine"), lines.Count(line => line.Rules.Count > 0));
    }

    private static async Task ShipAsync(Installation installation)
    {
        await installation.StartAsync();
        using var client = new PlainClient(installation.Url);
        for (var shipped = 0; shipped < Objects; shipped++)
        {
            await client.PostAsync([.. Enumerable.Range(0, EventsPerObject).Select(i => new PlainEvent($"rebuilt-{shipped}-{i}"))]);
            await installation.WaitUntilShippedAsync();
        }

        await installation.StopAsync();
    }

    private static Task<CommandResult> RebuildAsync(Installation installation, string into, ConfigFolder config) =>
        installation.CallAsync(Command(into, config));

    private static IEnumerable<string> Command(string into, ConfigFolder config) =>
        ["rebuild", "--into", into, "--source", "shop", "--config", config.Path];

    /// <summary>Every good line's id, receipt and payload.</summary>
    private static IEnumerable<string> Sent(string lakeFolder) => LakeReader.Read(lakeFolder)
        .Where(line => line.Stream == "good")
        .Select(line => line.Json.GetRawText())
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Records(Installation installation, string prefix)
    {
        var folder = Path.Combine(installation.LakeFolder, prefix, "rebuilt", "source=shop");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories) : [];
    }

    private static SortedDictionary<string, string> Files(Installation installation, string prefix)
    {
        var folder = Path.Combine(installation.LakeFolder, prefix);
        return new SortedDictionary<string, string>(
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
                path => Path.GetRelativePath(folder, path),
                path => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))),
                StringComparer.Ordinal),
            StringComparer.Ordinal);
    }
}

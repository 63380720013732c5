using System.CommandLine;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary>Options by which a command finds the regions, their lever, and the lake with its records.</summary>
internal sealed class LeverOptions
{
    private readonly LakeOptions _lake = new();

    private readonly Option<string> _config = new("--config")
    {
        HelpName = "DIR",
        Description = $"Folder of {RegionPlan.FileName}.",
        DefaultValueFactory = _ => "./config",
    };

    private readonly Option<string> _data = new("--data")
    {
        HelpName = "DIR",
        Description = "The server's data folder, or the cluster's; it knows the lake.",
        DefaultValueFactory = _ => "./data",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_config);
        command.Options.Add(_data);
        _lake.AddTo(command);
    }

    /// <summary>Opens what was named; says on standard error what is wrong, and is null then.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="needsLake">Whether the command can do nothing without a lake.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="LakeUnavailableException">The lake cannot be opened.</exception>
    public async Task<LeverSession?> OpenAsync(ParseResult parsed, bool needsLake, CancellationToken cancellation)
    {
        var mistakes = new List<string>();
        var folder = parsed.GetValue(_config)!;
        var errors = new List<ConfigurationError>();
        var plan = RegionsFile.Read(folder, errors);
        mistakes.AddRange(errors.Select(error => Path.Combine(folder, error.ToString())));
        if (plan is null && errors.Count == 0)
            mistakes.Add($"There is no {Path.Combine(folder, RegionPlan.FileName)}: it names the regions and the lever (docs/regions.md).");
        // Many a lever is looked at from a machine that has no lake.
        var lakeMistakes = needsLake ? mistakes : [];
        var location = _lake.Find(parsed, ServerOptions.ReadFolders(parsed.GetValue(_data)!, lakeMistakes), lakeMistakes);
        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        if (mistakes.Count > 0)
            return null;
        return LeverSession.Open(plan!, location is null ? null : await location.OpenAsync(cancellation));
    }
}

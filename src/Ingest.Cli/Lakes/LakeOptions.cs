using System.CommandLine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>Options by which a command finds the lake: as given, else that of the server's last start.</summary>
internal sealed class LakeOptions
{
    private readonly Option<string?> _lake = new("--lake")
    {
        HelpName = "DIR|s3://BUCKET/PREFIX",
        Description = "The lake, where it is not the one of the server's last start.",
    };

    private readonly Dictionary<string, Option<string?>> _more = LakeOption.All.ToDictionary(
        option => option.Name,
        option => new Option<string?>("--" + option.Name) { HelpName = option.Value, Description = option.Help },
        StringComparer.Ordinal);

    /// <summary>Whether a lake was named.</summary>
    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_lake) is not null;

    public void AddTo(Command command)
    {
        command.Options.Add(_lake);
        foreach (var option in _more.Values)
            command.Options.Add(option);
    }

    /// <summary>The lake that was meant; null where it cannot be known, with a sentence in <paramref name="mistakes"/>.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="folders">The data folders that exist.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    public LakeLocation? Find(ParseResult parsed, IReadOnlyList<DataFolder> folders, ICollection<string> mistakes)
    {
        var given = parsed.GetValue(_lake);
        var last = folders.Select(folder => folder.Lake).FirstOrDefault(lake => lake is not null);
        if (given is null && last is null)
        {
            mistakes.Add(folders.Count == 0
                ? "Name the lake with --lake, or the server's folder with --data."
                : $"No server was ever ready on {string.Join(", ", folders.Select(folder => folder.Path))}: name the lake with --lake.");
            return null;
        }

        return LakeLocation.Parse(
            given ?? last!.Value.Lake,
            option => parsed.GetValue(_more[option.Name]) ?? (given is null ? last!.Value.Options.GetValueOrDefault(option.Name) : null),
            mistakes);
    }

    /// <summary>Another lake, named by an option of its own, with the options given for the first.</summary>
    public LakeLocation? FindOther(ParseResult parsed, string text, ICollection<string> mistakes) =>
        LakeLocation.Parse(
            text,
            option => text.Contains("://", StringComparison.Ordinal) ? parsed.GetValue(_more[option.Name]) : null,
            mistakes);
}

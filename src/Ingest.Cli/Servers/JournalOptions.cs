using System.CommandLine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>The option that names a journal in PostgreSQL, and where it is without one.</summary>
internal static class JournalOptions
{
    private const string PostgresVariable = "INGEST_POSTGRES";

    public static Option<string?> Postgres() => new("--postgres")
    {
        HelpName = "CONNECTION",
        Description = $"PostgreSQL that holds the journal, as given to ./ingest run; {PostgresVariable} says the same and hides the password.",
    };

    /// <summary>The journal of an option's value, else of the folders, else of the variable.</summary>
    /// <param name="given">Value of the option.</param>
    /// <param name="data">The data folder as given.</param>
    /// <param name="isDataGiven">Whether it was; a folder named on the command line counts more than a variable.</param>
    /// <param name="folders">The data folders that exist.</param>
    /// <param name="mistakes">Gets one sentence for everything that is wrong.</param>
    /// <returns>Null where anything is wrong.</returns>
    public static (JournalLocation Journal, DataFolder? Folder)? Find(
        string? given, string data, bool isDataGiven, IReadOnlyList<DataFolder> folders, ICollection<string> mistakes)
    {
        var variable = Environment.GetEnvironmentVariable(PostgresVariable) is { Length: > 0 } value ? value : null;
        if (given is null && (isDataGiven || variable is null))
        {
            foreach (var folder in folders)
            {
                var inFolder = JournalLocation.Parse(folder.Path, folder.Cluster?.Postgres, mistakes);
                if (inFolder is JournalLocation.InPostgres || inFolder is JournalLocation.InFolder { Exists: true })
                    return (inFolder, folder);
            }

            mistakes.Add(folders.Count == 0
                ? $"There is no folder {Path.GetFullPath(data)}: name the server's with --data."
                : $"There is no journal in {Path.GetFullPath(data)}: name the server's folder with --data, or its PostgreSQL with --postgres.");
            return null;
        }

        var location = JournalLocation.Parse(data, given ?? variable, mistakes);
        return location is null ? null : (location, folders.FirstOrDefault());
    }
}

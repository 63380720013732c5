using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>A data folder opened for looking: its journal, read-only, and what its server wrote down of itself.</summary>
internal sealed class Opened(SqliteJournal journal, NodeFile? node) : IAsyncDisposable
{
    public SqliteJournal Journal { get; } = journal;

    public NodeFile? Node { get; } = node;

    /// <summary>Opens a data folder; says on standard error why not, where it cannot.</summary>
    public static async Task<Opened?> OpenAsync(string dataFolder)
    {
        try
        {
            if (!Directory.Exists(dataFolder))
            {
                await Console.Error.WriteLineAsync(
                    $"There is no folder {Path.GetFullPath(dataFolder)}: name the server's with --data.");
                return null;
            }

            var journal = await SqliteJournal.OpenAsync(
                new SqliteJournalOptions { Folder = Path.Combine(dataFolder, "journal"), ReadOnly = true });
            return new Opened(journal, NodeFile.Read(dataFolder));
        }
        catch (Exception exception) when (exception
            is JournalCorruptException or JournalUnavailableException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return null;
        }
    }

    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}

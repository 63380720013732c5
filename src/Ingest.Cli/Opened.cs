using System.CommandLine;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary>A journal opened for looking, read-only, and the data folder that says more about it.</summary>
internal sealed class Opened(IJournal journal, DataFolder? folder) : IAsyncDisposable
{
    public IJournal Journal { get; } = journal;

    /// <summary>What its servers wrote down; null where the journal was named without them.</summary>
    public DataFolder? Folder { get; } = folder;

    /// <summary>Opens a journal; says on standard error why not, where it cannot.</summary>
    /// <param name="postgres">Connection string as given; null where none was.</param>
    /// <param name="data">The data folder as given.</param>
    /// <param name="isDataGiven">Whether it was given.</param>
    public static async Task<Opened?> OpenAsync(string? postgres, string data, bool isDataGiven)
    {
        var mistakes = new List<string>();
        DataFolder? folder = null;
        try
        {
            if (JournalOptions.Find(postgres, data, isDataGiven, DataFolder.Read(data), mistakes) is { } found)
            {
                folder = found.Folder;
                return new Opened(await found.Journal.OpenAsync(readOnly: true), folder);
            }
        }
        catch (Exception exception) when (exception
            is JournalCorruptException or JournalUnavailableException or IOException or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            mistakes.Add(exception.Message);
            if (exception is JournalUnavailableException && folder?.Cluster is not null)
                mistakes.Add($"Is the cluster stopped? To start it: ./ingest cluster --data {folder.Path}");
        }

        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        return null;
    }

    /// <summary>What is damaged in the journal's own files, one sentence each. PostgreSQL looks after its own.</summary>
    /// <exception cref="JournalUnavailableException">It cannot be read.</exception>
    public async Task<IReadOnlyList<string>> CheckAsync(CancellationToken cancellation) =>
        Journal is SqliteJournal sqlite ? await sqlite.CheckAsync(cancellation) : [];

    public ValueTask DisposeAsync() => Journal.DisposeAsync();
}

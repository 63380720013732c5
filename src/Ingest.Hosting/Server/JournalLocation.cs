using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Hosting;

/// <summary>Where the journal is: in the data folder, or in the PostgreSQL that <c>--postgres</c> names.</summary>
public static class JournalLocation
{
    /// <summary>Opens it.</summary>
    public static async Task<IJournal> OpenAsync(RunSettings settings, HostingLog log) =>
        await SqliteJournal.OpenAsync(
            new SqliteJournalOptions { Folder = Path.Combine(settings.Data, "journal"), OnFault = log.JournalFault });

    /// <summary>For people; without a password.</summary>
    public static string Describe(RunSettings settings) => Path.GetFullPath(Path.Combine(settings.Data, "journal"));
}

using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage;

/// <summary>Where a journal is, as given on a command line: a folder in a server's data folder, or PostgreSQL.</summary>
public abstract record JournalLocation
{
    private const string FolderName = "journal";

    private static readonly TimeSpan ReaderPatience = TimeSpan.FromSeconds(15);

    private JournalLocation()
    {
    }

    /// <summary>For people; without a password.</summary>
    public abstract string Description { get; }

    /// <summary>Reads a location.</summary>
    /// <param name="dataFolder">A server's data folder: the journal is there unless PostgreSQL is named.</param>
    /// <param name="postgres">A connection string as Npgsql takes it; null for the folder.</param>
    /// <param name="errors">Gets one sentence for everything that is wrong.</param>
    /// <returns>Null where anything is wrong.</returns>
    public static JournalLocation? Parse(string dataFolder, string? postgres, ICollection<string> errors)
    {
        if (postgres is null)
            return new InFolder(Path.Combine(dataFolder, FolderName));
        try
        {
            var settings = new NpgsqlConnectionStringBuilder(postgres);
            if (settings is { Host.Length: > 0, Database.Length: > 0 })
                return new InPostgres(settings);
            errors.Add("--postgres: it must name Host and Database, as in 'Host=db;Username=ingest;Password=…;Database=ingest'.");
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException)
        {
            // The message would repeat what was given, with the password in it.
            errors.Add("--postgres: it cannot be read; write it as 'Host=db;Username=ingest;Password=…;Database=ingest'.");
        }

        return null;
    }

    /// <summary>Opens the journal.</summary>
    /// <param name="readOnly">For audit and status, beside a server that may be running: nothing is written.</param>
    /// <param name="onFault">Called from a background task, with one sentence, when looking after the journal fails.</param>
    /// <exception cref="JournalUnavailableException">It cannot be opened; the message says why and what to do.</exception>
    /// <exception cref="JournalCorruptException">It is damaged.</exception>
    public abstract Task<IJournal> OpenAsync(bool readOnly = false, Action<string>? onFault = null);

    /// <summary>SQLite in a folder.</summary>
    public sealed record InFolder(string Folder) : JournalLocation
    {
        /// <summary>Whether a server ever made a journal here.</summary>
        public bool Exists => Directory.Exists(Folder);

        public override string Description => Path.GetFullPath(Folder);

        public override async Task<IJournal> OpenAsync(bool readOnly = false, Action<string>? onFault = null) =>
            await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = Folder, ReadOnly = readOnly, OnFault = onFault });
    }

    /// <summary>PostgreSQL.</summary>
    public sealed record InPostgres(NpgsqlConnectionStringBuilder Settings) : JournalLocation
    {
        public override string Description => $"PostgreSQL {Settings.Host}:{Settings.Port}, database {Settings.Database}";

        public override async Task<IJournal> OpenAsync(bool readOnly = false, Action<string>? onFault = null)
        {
            var options = new PostgresJournalOptions { ConnectionString = Settings.ConnectionString, ReadOnly = readOnly, OnFault = onFault };
            // No client waits for somebody who only looks.
            return await PostgresJournal.OpenAsync(readOnly ? options with { ConnectTimeout = ReaderPatience } : options);
        }
    }
}

using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage;

/// <summary>Where a journal is: in the PostgreSQL that was named, else in the data folder.</summary>
/// <param name="Data">The data folder.</param>
/// <param name="Postgres">A connection string; null for a journal in <paramref name="Data"/>.</param>
public sealed record JournalLocation(string Data, string? Postgres)
{
    private string Folder => Path.Combine(Data, "journal");

    /// <summary>Opens it.</summary>
    /// <param name="readOnly">For looking only: beside a server that is running, too.</param>
    /// <param name="onFault">Hears of faults in the background; may be called from any thread.</param>
    /// <exception cref="JournalUnavailableException">It cannot be reached, or is in use.</exception>
    /// <exception cref="JournalCorruptException">It is damaged, or of another version; the message says what to do.</exception>
    public async Task<IJournal> OpenAsync(bool readOnly = false, Action<string>? onFault = null) => Postgres is null
        ? await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = Folder, ReadOnly = readOnly, OnFault = onFault })
        : await PostgresJournal.OpenAsync(new PostgresJournalOptions { ConnectionString = Postgres, ReadOnly = readOnly, OnFault = onFault });

    /// <summary>For people; without a password.</summary>
    public override string ToString()
    {
        if (Postgres is null)
            return Path.GetFullPath(Folder);
        var connection = new NpgsqlConnectionStringBuilder(Postgres);
        return $"PostgreSQL {connection.Host}:{connection.Port}/{connection.Database}";
    }

    /// <summary>What is wrong with a connection string; null when it can be read.</summary>
    public static string? ProblemOf(string postgres)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(postgres) is { Host.Length: > 0 }
                ? null
                : "it names no Host; write as in 'Host=db;Username=ingest;Password=…;Database=ingest'";
        }
        catch (ArgumentException mistake)
        {
            return mistake.Message;
        }
    }
}

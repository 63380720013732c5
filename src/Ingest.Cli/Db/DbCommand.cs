using System.CommandLine;
using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary><c>ingest db</c>: brings the database of a cluster to the schema of this program, and says how far it is.</summary>
internal static class DbCommand
{
    /// <summary>Names the database where the option does not.</summary>
    private const string Variable = "INGEST_POSTGRES";

    public static Command Create()
    {
        var postgres = new Option<string?>("--postgres")
        {
            HelpName = "CONNECTION",
            Description = $"Connection string of the database. Default: the environment variable {Variable}.",
            Recursive = true,
        };
        var migrate = new Command(
            "migrate",
            "Makes the tables of the journal and of Orleans, or brings them up to date. Safe to run twice, and by several\n" +
            "machines at once: one does the work, the others wait and find it done.\n" +
            "Exit code: 0 the database is up to date, 2 it is not, and the error says why.\n\n" +
            "Example:\n" +
            "  ./ingest db migrate --postgres \"Host=db;Username=ingest;Password=secret;Database=ingest\"");
        var status = new Command(
            "status",
            "Shows how far the database is, and changes nothing.\n" +
            "Exit code: 0 it is up to date, 1 migrations are missing, 2 it could not be found out.\n\n" +
            "Example:\n" +
            $"  {Variable}=\"Host=db;Username=ingest;Password=secret;Database=ingest\" ./ingest db status");
        migrate.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(postgres), MigrateAsync, cancellation));
        status.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(postgres), ShowAsync, cancellation));
        return new Command("db", "Prepares the PostgreSQL database of a cluster.") { postgres, migrate, status };
    }

    private static async Task<int> RunAsync(
        string? option, Func<string, CancellationToken, Task<int>> run, CancellationToken cancellation)
    {
        var connectionString = option ?? Environment.GetEnvironmentVariable(Variable);
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            await Console.Error.WriteLineAsync($"Which database? Name it with --postgres or {Variable}, such as \"Host=db;Username=ingest;Password=secret;Database=ingest\".");
            return ExitCodes.NoAnswer;
        }

        try
        {
            return await run(connectionString, cancellation);
        }
        catch (Exception fault) when (fault is JournalUnavailableException or JournalCorruptException or ArgumentException)
        {
            await Console.Error.WriteLineAsync(fault is ArgumentException
                ? $"The connection string cannot be read: {fault.Message}"
                : fault.Message);
            return ExitCodes.NoAnswer;
        }
    }

    private static async Task<int> MigrateAsync(string connectionString, CancellationToken cancellation)
    {
        var applied = await PostgresMigrations.RunAsync(
            connectionString, migration => Console.WriteLine($"Applied {Name(migration)}"), cancellation);
        Console.WriteLine(applied == 0
            ? string.Create(CultureInfo.InvariantCulture, $"Up to date: schema {PostgresMigrations.All.Count}.")
            : string.Create(CultureInfo.InvariantCulture, $"Done: {applied} applied, schema {PostgresMigrations.All.Count}."));
        return ExitCodes.Good;
    }

    private static async Task<int> ShowAsync(string connectionString, CancellationToken cancellation)
    {
        var status = await PostgresMigrations.ReadStatusAsync(connectionString, cancellation);
        foreach (var migration in PostgresMigrations.All)
            Console.WriteLine($"{(status.Pending.Contains(migration) ? "missing" : "applied")}  {Name(migration)}");
        if (status.Pending.Count == 0)
            return ExitCodes.Good;

        Console.WriteLine("Run: ./ingest db migrate");
        return ExitCodes.Bad;
    }

    private static string Name(Migration migration) =>
        string.Create(CultureInfo.InvariantCulture, $"{migration.Version:000} {migration.Name}");
}

using Ingest.Storage;

namespace Ingest.Bench;

/// <summary>What can be measured.</summary>
internal static class SubjectCatalogue
{
    /// <summary>The subject of this name; null where there is none, or it is not built, or it lacks its database.</summary>
    public static ISubject? Find(string name, string? postgres) => name switch
    {
        "floor" => new FloorSubject(),
        "node" => Ingest(name, "single process, SQLite", "Ingest.Node", []),
        "silo" => Ingest(name, "one silo with localhost clustering, SQLite", "Ingest.Silo", []),
        "node-postgres" when postgres is not null => Ingest(name, "single process, PostgreSQL", "Ingest.Node", ["--postgres", postgres], () => MigrateAsync(postgres)),
        "silo-postgres" when postgres is not null => Ingest(name, "one silo over PostgreSQL", "Ingest.Silo", ["--postgres", postgres], () => MigrateAsync(postgres)),
        _ => null,
    };

    private static Task MigrateAsync(string postgres) => PostgresMigrations.RunAsync(postgres, _ => { }, CancellationToken.None);

    private static IngestSubject? Ingest(
        string name, string about, string project, IReadOnlyList<string> options, Func<Task>? prepare = null)
    {
        // Programs are built into src/PROJECT/bin/Release/net10.0, as this one is.
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../..", project, "bin/Release/net10.0", project + ".dll"));
        return File.Exists(program) ? new IngestSubject(name, about, program, options, prepare) : null;
    }
}

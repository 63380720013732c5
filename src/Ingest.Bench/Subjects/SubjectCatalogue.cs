using Ingest.Storage;

namespace Ingest.Bench;

/// <summary>What can be measured.</summary>
internal static class SubjectCatalogue
{
    /// <summary>What is measured where nothing else is asked for, as far as it is there.</summary>
    public const string Usual = "floor,node,silo,redis,fluent-bit,nginx";

    /// <summary>Everything there is.</summary>
    public const string All = "floor, node, silo, node-postgres, silo-postgres, redis, fluent-bit, nginx";

    /// <summary>Finds a subject.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="postgres">A PostgreSQL for those that need one.</param>
    /// <param name="missing">What it lacks, one sentence; null where it lacks nothing.</param>
    public static ISubject? Find(string name, string? postgres, out string? missing)
    {
        missing = null;
        switch (name)
        {
            case "floor":
                return new FloorSubject();
            case "node":
                return Ingest(name, "single process, SQLite", "Ingest.Node", [], null, out missing);
            case "silo":
                return Ingest(name, "one silo with localhost clustering, SQLite", "Ingest.Silo", [], null, out missing);
            case "node-postgres":
                return OverPostgres(name, "single process, PostgreSQL", "Ingest.Node", postgres, out missing);
            case "silo-postgres":
                return OverPostgres(name, "one silo over PostgreSQL", "Ingest.Silo", postgres, out missing);
            case "redis":
                return Installed(name, "redis-server", path => new RedisSubject(path), out missing);
            case "fluent-bit":
                return Installed(name, "fluent-bit", path => new FluentBitSubject(path), out missing);
            case "nginx":
                return Installed(name, "nginx", path => new NginxSubject(path), out missing);
            default:
                missing = $"{name}: there is no such subject; there are {All}.";
                return null;
        }
    }

    private static IngestSubject? OverPostgres(string name, string about, string project, string? postgres, out string? missing)
    {
        if (postgres is not null)
            return Ingest(name, about, project, ["--postgres", postgres], () => PostgresMigrations.RunAsync(postgres, _ => { }, CancellationToken.None), out missing);
        missing = $"{name}: needs --postgres.";
        return null;
    }

    private static IngestSubject? Ingest(
        string name, string about, string project, IReadOnlyList<string> options, Func<Task>? prepare, out string? missing)
    {
        var program = Programs.FindOwn(project);
        missing = program is null ? $"{name}: {project} is not built." : null;
        return program is null ? null : new IngestSubject(name, about, program, options, prepare);
    }

    private static ISubject? Installed(string name, string program, Func<string, ISubject> make, out string? missing)
    {
        var path = Programs.Find(program);
        missing = path is null ? $"{name}: {program} is not installed." : null;
        return path is null ? null : make(path);
    }
}

namespace Ingest.TestKit;

/// <summary>Where things are in the repository that this test was built from.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The launcher, by which users start everything; tests do so too.</summary>
    public static string Launcher => Path.Combine(Root, "ingest");

    /// <summary>The silo, built: for tests that need several on one machine, each with options of its own.</summary>
    public static string SiloProgram => Path.Combine(Root, "src", "Ingest.Silo", "bin", "Release", "net10.0", "Ingest.Silo.dll");

    /// <summary>The project of the single server's end-to-end tests, whose sources, schemas and recordings others use too.</summary>
    public static string Project => Path.Combine(Root, "tests", "Ingest.EndToEnd");

    /// <summary>Sources and schemas that the tests' events are made for.</summary>
    public static string Config => Path.Combine(Project, "config");

    public static string Js => Path.Combine(Project, "js");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Ingest.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No Orleans.Ingest.sln in any folder above {AppContext.BaseDirectory}");
    }
}

using System.Text.RegularExpressions;

namespace Ingest.Architecture.Tests;

/// <summary>The files of this repository, found from where the tests run.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Relative paths of all files below a folder that are not built or installed.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !Made().IsMatch(path))
            .Order(StringComparer.Ordinal),
    ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Ingest.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Orleans.Ingest.sln above {AppContext.BaseDirectory}");
    }

    [GeneratedRegex("(^|/)(bin|obj|node_modules|artifacts)/", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Made();
}

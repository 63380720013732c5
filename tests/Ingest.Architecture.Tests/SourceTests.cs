using System.Text.RegularExpressions;

namespace Ingest.Architecture.Tests;

/// <summary>Rules that hold for every source file.</summary>
public sealed partial class SourceTests
{
    private static readonly IReadOnlyList<string> Sources =
        [.. Repository.Files("src", "*.cs"), .. Repository.Files("tests", "*.cs")];

    [Fact]
    public void Namespaces_begin_with_Ingest()
    {
        // Inside a namespace Orleans.*, simple names such as Storage or Runtime would bind to Orleans' own.
        var namespaces = Sources
            // The compiler looks for some types by their full name, where an old framework lacks them.
            .Where(path => !path.StartsWith("src/Ingest.Tracker/Compatibility/", StringComparison.Ordinal))
            .SelectMany(path => Namespace().Matches(Repository.Read(path)).Select(match => (path, Name: match.Groups[1].Value)))
            .ToList();
        Assert.NotEmpty(namespaces);
        Assert.All(namespaces, found => Assert.True(
            found.Name == "Ingest" || found.Name.StartsWith("Ingest.", StringComparison.Ordinal), $"{found.path}: {found.Name}"));
    }

    [Fact]
    public void Log_events_have_numbers_of_their_own()
    {
        var numbers = Sources
            .Where(path => path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(path => EventNumber().Matches(Repository.Read(path)).Select(match => match.Groups[1].Value))
            .ToList();
        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Distinct(StringComparer.Ordinal).Count(), numbers.Count);
    }

    [Fact]
    public void Nothing_is_left_for_later()
    {
        // Built of two parts, or this file would find itself.
        string[] words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK", "XX" + "X"];
        Assert.All(Sources, path =>
        {
            var text = Repository.Read(path);
            Assert.All(words, word => Assert.DoesNotMatch($@"\b{word}\b", text));
        });
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId = )?(\d+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex EventNumber();
}

using System.CommandLine;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Where figures go beside the screen, and where what is measured stores its data.</summary>
internal sealed class ReportOptions
{
    private const string Nowhere = "none";

    private readonly string _name;
    private readonly Option<FileInfo?> _json = new("--json") { HelpName = "FILE", Description = "Writes every figure there, as rows of workload, subject, metric, median, min, max, unit." };
    private readonly Option<string?> _report;
    private readonly Option<DirectoryInfo?> _folder = new("--folder") { HelpName = "DIR", Description = "Where what is measured stores its data: the disk that counts. A folder of its own is made there and deleted; the system's one for temporary files when absent." };

    /// <param name="name">Name of the report in docs/benchmarks, without its ending.</param>
    public ReportOptions(string name)
    {
        _name = name;
        _report = new Option<string?>("--report")
        {
            HelpName = "FILE",
            Description = $"Writes the figures there as Markdown, with machine, versions and command; '{Nowhere}' writes none. docs/benchmarks/{name}.md when absent.",
        };
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_json);
        command.Options.Add(_report);
        command.Options.Add(_folder);
    }

    /// <summary>Measures in a folder that is deleted afterwards, and reports.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="title">Title of the report.</param>
    /// <param name="notes">What there is to say about the figures, one line each.</param>
    /// <param name="problems">Filled while it measures: what failed, one line each.</param>
    /// <param name="measure">Measures, given the folder.</param>
    /// <param name="isLook">True where the figures are too rough to be kept unless a file is named.</param>
    /// <returns>The exit code: 1 where something failed.</returns>
    public async Task<int> RunAsync(
        ParseResult parsed, string title, IReadOnlyList<string> notes, IReadOnlyList<string> problems, Func<string, Task<IReadOnlyList<Measurement>>> measure, bool isLook = false)
    {
        var folder = MakeFolder(parsed);
        try
        {
            var machine = Machine.Describe(folder);
            var figures = await measure(folder);
            ConsoleReport.Print(figures);
            foreach (var note in notes.Concat(problems))
                AnsiConsole.WriteLine(note);
            if (parsed.GetValue(_json) is { } json)
            {
                await using var stream = json.Create();
                JsonRows.Write(stream, figures);
            }

            if (ReportPath(parsed, isLook) is { } report)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(report)!);
                var command = string.Join(' ', parsed.Tokens.Select(token => token.Value).Prepend("./ingest bench"));
                await File.WriteAllTextAsync(report, MarkdownReport.Render(title, machine, command, [.. notes, .. problems], figures));
                AnsiConsole.WriteLine($"Written to {report}");
            }

            return problems.Count == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private string MakeFolder(ParseResult parsed)
    {
        if (parsed.GetValue(_folder) is not { } parent)
            return Directory.CreateTempSubdirectory("ingest-bench-").FullName;
        return Directory.CreateDirectory(Path.Combine(parent.FullName, $"ingest-bench-{Guid.NewGuid():N}")).FullName;
    }

    private string? ReportPath(ParseResult parsed, bool isLook)
    {
        if (parsed.GetValue(_report) is { } given)
            return given == Nowhere ? null : Path.GetFullPath(given);
        // Programs are built into src/PROJECT/bin/Release/net10.0 of the repository.
        var docs = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../docs"));
        return isLook || !Directory.Exists(docs) ? null : Path.Combine(docs, "benchmarks", _name + ".md");
    }
}

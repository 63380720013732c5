using System.Security;
using System.Text;

namespace Ingest.EndToEnd;

/// <summary>The counts of <c>./ingest test</c> are those of the TRX files, whatever stands in names and messages.</summary>
public sealed class TestToolsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_test_is_read_with_its_outcome_and_message()
    {
        var read = await ReadAsync(
            ("A.Passes(text: \"x>y<z\\\"q\")", "Passed", null),
            ("A.Fails", "Failed", "expected <a> & \"b\"\nsecond line"),
            ("A.IsSkipped", "NotExecuted", "no S3 server"));
        Assert.Equal(
            """
            Passed	A.Passes(text: "x>y<z\"q")	
            Failed	A.Fails	expected <a> & "b" second line
            NotExecuted	A.IsSkipped	no S3 server
            """,
            read.Output);
    }

    [Fact]
    public async Task Output_of_a_test_that_looks_like_a_result_is_not_counted()
    {
        var read = await ReadAsync(("A.Fails", "Failed", "<UnitTestResult testName=\"B\" outcome=\"Passed\"/>"));
        Assert.StartsWith("Failed\tA.Fails\t", read.Output, StringComparison.Ordinal);
        Assert.Equal((1, "0 passed, 1 failed, 0 skipped"), await CountAsync(read.Output));
    }

    [Fact]
    public async Task What_was_measured_is_told_and_nothing_else_of_the_output()
    {
        await File.WriteAllTextAsync(
            _folder.Of("x.trx"),
            "<TestRun><UnitTestResult testName=\"a\"><Output><StdOut>04:26:00.3 ready\n04:26:01.0 measured: 1.5 s &lt; 2 s\n04:26:02.0 measured: not lost &amp; gone</StdOut></Output></UnitTestResult></TestRun>");
        var told = await CommandResult.OfAsync(Tool("read-measured"), [_folder.Of("x.trx")]);
        Assert.Equal("    1.5 s < 2 s\n    not lost & gone", told.Output);
    }

    [Theory]
    [InlineData("Passed\ta\t\nNotExecuted\tb\twhy", 0, "1 passed, 0 failed, 1 skipped")]
    [InlineData("Passed\ta\t\nFailed\tb\twhy", 1, "1 passed, 1 failed, 0 skipped")]
    [InlineData("Passed\ta\t\nTimeout\tb\twhy", 1, "1 passed, 1 failed, 0 skipped")]
    [InlineData("NotExecuted\ta\twhy", 1, "0 passed, 0 failed, 1 skipped")]
    [InlineData("", 1, "0 passed, 0 failed, 0 skipped")]
    public async Task A_run_succeeds_where_something_passed_and_nothing_failed(string tests, int exitCode, string counts) =>
        Assert.Equal((exitCode, counts), await CountAsync(tests));

    [Fact]
    public async Task Failures_and_reasons_for_skipping_are_told_in_a_line_each()
    {
        await File.WriteAllTextAsync(_folder.Of("Ingest.X.tsv"), "Passed\ta\t\nNotExecuted\tb\tno S3\nNotExecuted\tc\tno S3\nFailed\td\twrong\n");
        var told = await CommandResult.OfAsync(Tool("explain"), [_folder.Of("Ingest.X.tsv")]);
        Assert.Equal("FAILED d: wrong\nskipped 2 in Ingest.X: no S3", told.Output);
    }

    private static string Tool(string name) => Path.Combine(Repository.Root, "tests", "tools", name);

    private async Task<CommandResult> ReadAsync(params (string Name, string Outcome, string? Message)[] tests)
    {
        var trx = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<TestRun>\n  <Results>\n");
        foreach (var (name, outcome, message) in tests)
        {
            trx.Append("    <UnitTestResult executionId=\"1\" testName=\"").Append(SecurityElement.Escape(name))
                .Append("\" duration=\"00:00:01\" outcome=\"").Append(outcome).Append('"');
            if (message is null)
                trx.Append(" />\n");
            else
                trx.Append(">\n<Output>\n<ErrorInfo>\n<Message>").Append(SecurityElement.Escape(message))
                    .Append("</Message>\n</ErrorInfo>\n</Output>\n</UnitTestResult>\n");
        }

        trx.Append("  </Results>\n  <ResultSummary><Counters total=\"9\" passed=\"9\" /></ResultSummary>\n</TestRun>\n");
        await File.WriteAllTextAsync(_folder.Of("x.trx"), trx.ToString());
        return await CommandResult.OfAsync(Tool("read-trx"), [_folder.Of("x.trx")]);
    }

    private async Task<(int ExitCode, string Counts)> CountAsync(string tests)
    {
        await File.WriteAllTextAsync(_folder.Of("x.tsv"), tests);
        var result = await CommandResult.OfAsync(Tool("count"), [_folder.Of("x.tsv")]);
        return (result.ExitCode, result.Output);
    }
}

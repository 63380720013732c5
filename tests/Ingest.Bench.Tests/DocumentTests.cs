namespace Ingest.Bench.Tests;

/// <summary>Whoever reads a figure looks it up.</summary>
public sealed class DocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(FindRoot(), "docs", "benchmarks", "README.md"));

    [Fact]
    public void Every_metric_is_explained() => Assert.All(MetricCatalogue.All, metric => Assert.Contains($"`{metric.Name}`", Text, StringComparison.Ordinal));

    [Fact]
    public void Every_workload_is_explained() => Assert.All(WorkloadCatalogue.All, workload => Assert.Contains($"`{workload.Name}`", Text, StringComparison.Ordinal));

    [Fact]
    public void Every_mode_is_explained() => Assert.All(Mode.All, mode => Assert.Contains($"`{mode.Name}`", Text, StringComparison.Ordinal));

    [Fact]
    public void Every_subject_is_explained() => Assert.All(Choice.Split(SubjectCatalogue.All), subject => Assert.Contains($"`{subject}`", Text, StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Orleans.Ingest.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no Orleans.Ingest.sln above {AppContext.BaseDirectory}");
    }
}

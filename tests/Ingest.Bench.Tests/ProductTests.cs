using Ingest.Engine;

namespace Ingest.Bench.Tests;

/// <summary>The product must take the workloads for what they are: an event that goes to the quarantine costs something else.</summary>
public sealed class ProductTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ingest-bench-tests-").FullName;

    public static TheoryData<string> Workloads => [.. WorkloadCatalogue.All.Where(workload => workload.Sources == 1).Select(workload => workload.Name)];

    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task Every_event_is_valid(string name)
    {
        var workload = WorkloadCatalogue.Find(name)!;
        using var product = new Product(_folder, workload);
        await product.SendAsync(number: 5);
        Assert.Equal(workload.EventsPerRequest, product.Events);
        Assert.Empty(product.Errors);
        if (workload.Schemas.Count > 0)
            Assert.True(product.Checks >= workload.EventsPerRequest, $"only {product.Checks} documents are validated");
    }

    [Fact]
    public async Task The_schema_is_in_force()
    {
        using var product = new Product(_folder, WorkloadCatalogue.Find("W2-schema")!);
        await product.SendAsync(number: 5, body => body.Replace("\"browser\":\"", "\"browser\":\"x", StringComparison.Ordinal));
        Assert.Equal(50, product.Errors.Count);
        Assert.All(product.Errors, error => Assert.Equal("/data/browser", error.Where));
    }

    /// <summary>Real events do; what compresses better would flatter everything behind the journal, too.</summary>
    [Theory]
    [MemberData(nameof(Workloads))]
    public async Task Lines_compress_about_five_to_one(string name)
    {
        var workload = WorkloadCatalogue.Find(name)!;
        using var product = new Product(_folder, workload);
        for (var number = 0; product.Events < 2000; number++)
            await product.SendAsync(number);
        var ratio = (double)product.Lines.Length / GzipMember.Compress(product.Lines.Written).Length;
        Assert.InRange(ratio, 4, 6);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

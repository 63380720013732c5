using System.IO.Compression;

namespace Ingest.EndToEnd;

/// <summary>The audit names what is wrong with a lake, and counts what DuckDB counts.</summary>
public sealed class AuditTests
{
    private const int Objects = 3;
    private const int EventsPerObject = 100;

    [Fact]
    public async Task A_missing_an_altered_and_a_doubled_object_are_each_named()
    {
        NodeModules.Require();
        await using var installation = new Installation { Runtime = "node" };
        var oracle = new ConservationOracle();
        await ShipAsync(installation, oracle);
        var objects = Directory.GetFiles(installation.LakeFolder, "*.json.gz", SearchOption.AllDirectories);
        Array.Sort(objects, StringComparer.Ordinal);
        Assert.Equal(Objects, objects.Length);
        var bytes = await File.ReadAllBytesAsync(objects[1]);

        File.Delete(objects[1]);
        await AssertNamedAsync(installation, objects[1], rows: (Objects - 1) * EventsPerObject, ids: (Objects - 1) * EventsPerObject);

        // The same lines in other bytes: a reader of events sees no difference.
        await File.WriteAllBytesAsync(objects[1], Recompress(bytes));
        await AssertNamedAsync(installation, objects[1], rows: Objects * EventsPerObject, ids: Objects * EventsPerObject);

        await File.WriteAllBytesAsync(objects[1], bytes);
        var copy = objects[1].Replace("-0000000000", "-1000000000", StringComparison.Ordinal);
        File.Copy(objects[1], copy);
        await AssertNamedAsync(installation, copy, rows: (Objects + 1) * EventsPerObject, ids: Objects * EventsPerObject);

        File.Delete(copy);
        await Verdict.AssertConservedAsync(installation, oracle);
    }

    private static async Task ShipAsync(Installation installation, ConservationOracle oracle)
    {
        await installation.StartAsync();
        using var client = new PlainClient(installation.Url);
        for (var shipped = 0; shipped < Objects; shipped++)
        {
            await client.PostAsync(
                oracle, [.. Enumerable.Range(0, EventsPerObject).Select(i => new PlainEvent($"audited-{shipped}-{i}"))]);
            await installation.WaitUntilShippedAsync();
        }

        await installation.StopAsync();
    }

    private static byte[] Recompress(byte[] bytes)
    {
        using var result = new MemoryStream();
        using (var lines = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
        using (var gzip = new GZipStream(result, CompressionLevel.SmallestSize))
            lines.CopyTo(gzip);
        return result.ToArray();
    }

    private static async Task AssertNamedAsync(Installation installation, string path, int rows, int ids)
    {
        var audit = await installation.RunAsync("audit");
        Progress.Write(audit.Output);
        Assert.Equal(1, audit.ExitCode);
        Assert.Contains(Path.GetRelativePath(installation.LakeFolder, path), audit.Output, StringComparison.Ordinal);
        var counted = await DuckDb.CountAsync(installation.LakeFolder, "good");
        Assert.Equal((rows, ids), (counted.Rows, counted.Ids));
    }
}

namespace Ingest.Bench;

/// <summary>The product itself, as its own process, with a lake in a folder.</summary>
/// <param name="name">Its short name.</param>
/// <param name="about">For people.</param>
/// <param name="program">The executable's assembly.</param>
/// <param name="options">Options of <c>ingest run</c> beside those for port, folders and sealing.</param>
/// <param name="prepare">Makes its surroundings ready (a migrated database) before each start.</param>
internal sealed class IngestSubject(
    string name, string about, string program, IReadOnlyList<string> options, Func<Task>? prepare = null) : ISubject
{
    public string Name => name;

    public string About => about;

    /// <summary>The folder of the lake.</summary>
    public static string LakeOf(SubjectSetup setup) => Path.Combine(setup.Folder, "lake");

    public async Task<IRunningSubject> StartAsync(SubjectSetup setup)
    {
        if (prepare is not null)
            await prepare();
        var data = Path.Combine(setup.Folder, "data");
        var config = BenchSource.WriteConfiguration(setup.Folder, setup.Workload);
        // What an earlier process on this folder wrote would be taken for the word of this one.
        Directory.CreateDirectory(data);
        File.Delete(Path.Combine(data, "node.json"));
        var process = ServerProcess.Start(
            "dotnet",
            [program, "--port", "0", "--data", data, "--lake", LakeOf(setup), "--config", config, "--drain", "1s", .. setup.Mode.Options, .. options]);
        var server = await process.WaitForAsync(() => Task.FromResult(AdminPage.Find(data)));
        await process.WaitForAsync(async () => await server.IsReadyAsync() ? server : null);
        return new IngestServer(process, server, new Target(server.Endpoint, setup.Workload.IngestPath), process.Age, LakeOf(setup));
    }
}

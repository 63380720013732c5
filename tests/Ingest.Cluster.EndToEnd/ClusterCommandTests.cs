using System.Diagnostics;
using System.Text;
using Ingest.Storage;

namespace Ingest.Cluster.EndToEnd;

/// <summary><c>./ingest cluster</c> and the commands beside it, as the README has them.</summary>
public sealed class ClusterCommandTests : IInstallation, IDisposable
{
    private static readonly Dictionary<string, string> Environment = new(StringComparer.Ordinal) { ["INGEST_NO_BUILD"] = "1" };

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private readonly TemporaryFolder _folder = new();

    public ClusterCommandTests()
    {
        // As root, the private PostgreSQL runs as another user, who must get to its folder.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
    }

    public string LakeFolder => Path.Combine(Data, "lake");

    private string Data => _folder.Of("cluster");

    [Fact]
    public async Task A_cluster_for_trying_out_survives_a_killed_silo_and_its_next_start_goes_on_with_its_data()
    {
        await using (var cluster = Start())
        {
            var silos = await ReadyAsync(cluster);
            await PostAsync(silos[0], "first");
            await PostAsync(silos[1], "second");
            Assert.Equal(2, ServerStatus.Parse((await RunAsync("status", "--json")).Output).PartitionsBySilo.Count);
            var raised = await RunAsync("partitions", "demo", "4");
            Assert.True(raised.ExitCode == 0, raised.Output);

            using (var process = Process.GetProcessById(silos[1].Pid))
                process.Kill();
            await PostAsync(silos[0], "third");
            // It is started again by itself, on the same port.
            await PostAsync(silos[1], "fourth");
            await StopAsync(cluster);
        }

        await using (var cluster = Start())
        {
            var silos = await ReadyAsync(cluster);
            // Known from before: its id is in the journal.
            await PostAsync(silos[0], "first");
            await PostAsync(silos[1], "fifth");
            await this.WaitUntilShippedAsync(() => cluster.Output);
            Assert.Matches(@"demo\D+4", (await RunAsync("partitions", "demo")).Output);
            var audit = await RunAsync("audit");
            Assert.True(audit.ExitCode == 0, audit.Output);
            await StopAsync(cluster);
        }

        string[] wanted = ["fifth", "first", "fourth", "second", "third"];
        Assert.Equal(wanted, LakeReader.Read(LakeFolder).Select(line => line.EventId).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Mistakes_are_named_all_at_once_before_anything_starts()
    {
        var result = await RunAsync("cluster", "99", "--lake", "s4://nowhere", "--port", "99999");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("99 silos", result.Output, StringComparison.Ordinal);
        Assert.Contains("s4://nowhere", result.Output, StringComparison.Ordinal);
        Assert.Contains("--port 99999", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Data));
    }

    public Task<CommandResult> RunAsync(string verb, params string[] arguments) =>
        CommandResult.OfAsync(Repository.Launcher, [verb, .. arguments, "--data", Data], Environment, _folder.Path);

    public Task<string> ReadStatusAsync() => StatusPage.ReadAsync(Path.Combine(Data, "silo-1"));

    public void Dispose() => _folder.Dispose();

    private ChildProcess Start() => ChildProcess.Start(
        Repository.Launcher, ["cluster", "2", "--data", Data, "--config", Path.Combine(Repository.Root, "config"), "--seal-age", "1s"], Environment, _folder.Path);

    /// <summary>Waits for the banner, and reads what the silos wrote down of themselves.</summary>
    private async Task<NodeFile[]> ReadyAsync(ChildProcess cluster)
    {
        await Deadline.UntilAsync(
            () => Task.FromResult(
                cluster.HasExited ? throw new InvalidOperationException($"It ended at its start: {cluster.Output}")
                : cluster.Output.Contains("Ctrl-C stops everything", StringComparison.Ordinal) ? cluster : null),
            Deadline.Process,
            () => $"no banner: {cluster.Output}");
        return [.. Enumerable.Range(1, 2).Select(number => NodeFile.Read(Path.Combine(Data, $"silo-{number}"))!)];
    }

    /// <summary>Sends an event to the source of the sample configuration until it is stored.</summary>
    private static Task PostAsync(NodeFile silo, string id) => Deadline.UntilAsync(
        async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(silo.Url), "/v1/events/demo"));
            request.Headers.Authorization = new("Bearer", "demo-write-key");
            request.Content = new StringContent($$"""{"event_id":"{{id}}","name":"hello"}""", Encoding.UTF8, "application/json");
            try
            {
                using var answer = await Http.SendAsync(request);
                return answer.IsSuccessStatusCode ? silo : null;
            }
            catch (HttpRequestException)
            {
                return null;
            }
        },
        Deadline.Process,
        () => $"{silo.Url} does not take {id}");

    /// <summary>As Ctrl-C does: everything stops in good order.</summary>
    private static async Task StopAsync(ChildProcess cluster)
    {
        cluster.Terminate();
        var exitCode = await cluster.WaitAsync(Deadline.Process);
        Assert.True(exitCode == 0, cluster.Output);
    }
}

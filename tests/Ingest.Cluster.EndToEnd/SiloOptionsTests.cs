namespace Ingest.Cluster.EndToEnd;

/// <summary>A silo that was told something wrong says all of it at once, and does not start.</summary>
public sealed class SiloOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_mistake_is_named_at_once_with_what_to_write_instead()
    {
        (string Option, string Value, string Advice)[] mistakes =
        [
            ("--advertise", "here", "write an IP address that the other silos reach"),
            ("--silo-port", "99999", "a port is 0 to 65535"),
            ("--leave-delay", "1d", "write a time such as 5s, at most 10m"),
            ("--balance-after", "soon", "write a time such as 30s, at most 1h"),
            ("--spill-bytes", "1MiB", "write a size such as 1GiB, 16MiB at least"),
            ("--roles", "worker", "a silo without --postgres is alone and must do everything"),
            ("--spill", "on", "a silo without --postgres has its journal on the same disk"),
        ];

        var run = await CommandResult.OfAsync(
            "dotnet",
            [Repository.SiloProgram, "--data", _folder.Of("data"), "--config", Repository.Config, .. mistakes.SelectMany(mistake => new[] { mistake.Option, mistake.Value })],
            new Dictionary<string, string>(StringComparer.Ordinal),
            _folder.Path);

        Assert.Equal(2, run.ExitCode);
        Assert.All(mistakes, mistake => Assert.Contains($"{mistake.Option} {mistake.Value}: {mistake.Advice}", run.Output, StringComparison.Ordinal));
        Assert.False(Directory.Exists(_folder.Of("data")));
    }
}

using System.Globalization;
using System.Net;

namespace Ingest.Cluster.EndToEnd;

/// <summary>docker-compose.yml and deploy/haproxy.cfg, run as they are written, keep the promise.</summary>
public sealed class DeploymentTests
{
    [Fact]
    public async Task Behind_the_balancer_a_killed_silo_loses_nothing_and_doubles_nothing()
    {
        Assert.SkipUnless(
            LongRun.IsWanted,
            "it takes minutes, and a killed silo behind a balancer is tested elsewhere, too; INGEST_TEST_LONG=1 runs it");
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await ComposeCluster.StartAsync();
        using var load = Load.Start(new PlainClient(cluster.Url), oracle);
        await load.MoreAsync(300);

        var killed = cluster.Silos[1];
        await killed.KillAsync();
        await load.MoreAsync(500);
        await killed.StartAsync();
        await load.MoreAsync(300);

        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }

    [Fact]
    public async Task The_balancer_and_the_containers_ask_what_they_should()
    {
        await using var cluster = await ComposeCluster.StartAsync();
        using var http = new HttpClient();

        // What operators use is closed to the outside, and open with the key past the balancer.
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, new Uri(cluster.Url, "/admin/status")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(http, new Uri(cluster.Url, "/dashboard/index.html")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, new Uri(cluster.Silos[0].Url, "/admin/status")));
        Assert.Equal(0, (await cluster.RunAsync("status")).ExitCode);

        var silo = cluster.Silos[0];
        Assert.Equal(0, (await HealthAsync(silo)).ExitCode);
        await silo.KillAsync();
        Assert.NotEqual(0, (await HealthAsync(silo)).ExitCode);
    }

    /// <summary>The check that the image makes of itself.</summary>
    private static Task<CommandResult> HealthAsync(Silo silo) => CommandResult.OfAsync(
        Path.Combine(Repository.Root, "deploy", "container", "health"),
        [],
        new Dictionary<string, string>(StringComparer.Ordinal) { ["INGEST_HEALTH_PORT"] = silo.Url.Port.ToString(CultureInfo.InvariantCulture) });

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, Uri address)
    {
        using var answer = await http.GetAsync(address);
        return answer.StatusCode;
    }
}

using System.Net;
using System.Net.Http.Headers;

namespace Ingest.Cluster.EndToEnd;

/// <summary>A hot source gets more partitions while its clients send, and events that are sent again stay duplicates.</summary>
public sealed class PartitionRaiseTests
{
    [Fact]
    public async Task Raising_partitions_under_load_loses_nothing_and_doubles_nothing()
    {
        NodeModules.Require();
        var oracle = new ConservationOracle();
        await using var cluster = await TestCluster.StartAsync(silos: 2);
        using var load = Load.Start(cluster.NewClient(), oracle);
        await load.MeasureAsync("No fault", () => load.MoreAsync(1_000));

        await load.MeasureAsync($"{TestSources.Narrow} raised from 1 partition to 4", () => RaiseAsync(cluster, "4"));
        await load.MeasureAsync($"{TestSources.Narrow} raised from 4 partitions to 8", () => RaiseAsync(cluster, "8"));

        await load.FinishAsync();
        await cluster.AssertConservedAsync(oracle);
    }

    private static async Task RaiseAsync(TestCluster cluster, string count)
    {
        using var http = new HttpClient { Timeout = Deadline.Process };
        using var request = new HttpRequestMessage(
            HttpMethod.Post, new Uri(cluster.Urls[0], $"/admin/partitions?source={TestSources.Narrow}&count={count}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestCluster.AdminKey);
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        Assert.Contains(count, text, StringComparison.Ordinal);
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ingest.EndToEnd;

/// <summary>The signed list that trackers read: changed in one region, served by both.</summary>
public sealed class RegionListTests
{
    [Fact]
    public async Task A_list_that_is_signed_in_one_region_is_served_by_both_and_outlives_a_restart()
    {
        using var http = new HttpClient();
        await using var regions = await TwoRegions.StartAsync(isAutomatic: false, hasList: true);
        using var before = await http.GetAsync(ListAt(regions.West));
        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);

        await SetAsync(regions, "us-east-1=60", "us-west-2=40");
        await ServedAsync(regions, regions.West, version: 1, [60, 40]);
        await SetAsync(regions, "us-east-1=50", "us-west-2=50");
        await ServedAsync(regions, regions.West, version: 2, [50, 50]);
        await ServedAsync(regions, regions.East, version: 2, [50, 50]);

        // The other region took it into its own lake.
        await regions.West.KillAsync();
        await regions.East.KillAsync();
        await regions.East.StartAsync();
        await ServedAsync(regions, regions.East, version: 2, [50, 50]);
    }

    private static Uri ListAt(Installation region) => new(region.Url, "/.well-known/ingest-regions");

    private static async Task SetAsync(TwoRegions regions, params string[] weights)
    {
        var set = await regions.West.CallAsync(["lever", "set", .. weights, "--yes", "--config", regions.West.Config]);
        Assert.True(set.ExitCode == 0, set.Output);
    }

    /// <summary>Waits for a version, and holds it to the key with nothing of the product's own code.</summary>
    private static async Task ServedAsync(TwoRegions regions, Installation region, int version, int[] weights)
    {
        using var http = new HttpClient();
        using var key = ECDsa.Create();
        key.ImportFromPem(await File.ReadAllTextAsync(Path.Combine(regions.West.Config, "regions.pub")));
        await Deadline.UntilAsync<object>(
            async () =>
            {
                using var answer = await http.GetAsync(ListAt(region));
                if (answer.StatusCode != HttpStatusCode.OK)
                    return null;
                var body = await answer.Content.ReadAsByteArrayAsync();
                var signature = Assert.Single(answer.Headers.GetValues("Ingest-Signature")).Split(' ');
                Assert.Equal("ecdsa-p256-sha256", signature[0]);
                Assert.True(key.VerifyData(body, Convert.FromBase64String(signature[1]), HashAlgorithmName.SHA256));
                var list = JsonElement.Parse(body);
                if (list.GetProperty("version").GetInt32() != version)
                    return null;
                Assert.Equal(weights, list.GetProperty("regions").EnumerateArray().Select(listed => listed.GetProperty("weight").GetInt32()));
                return list;
            },
            Deadline.Process,
            () => $"version {version} is not served at {region.Url}. It wrote:\n{region.Output}");
    }
}

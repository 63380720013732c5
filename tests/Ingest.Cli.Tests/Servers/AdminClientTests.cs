using System.Net;

namespace Ingest.Cli.Tests;

/// <summary>A command asks on until a server serves.</summary>
public sealed class AdminClientTests
{
    [Fact]
    public async Task A_server_that_does_not_serve_is_passed_by()
    {
        await using var unavailable = await FakeServer.StartAsync((_, _) => (503, "not yet"));
        await using var stranger = await FakeServer.StartAsync((_, _) => (401, ""));
        await using var serves = await FakeServer.StartAsync((_, _) => (200, "here"));
        Assert.Equal((HttpStatusCode.OK, "here"), await AskAsync(unavailable, stranger, serves));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not yet"), await AskAsync(stranger, unavailable));
        await Assert.ThrowsAsync<ServerSilentException>(() => AskAsync(stranger));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task A_wrong_key_that_was_given_is_said_at_once(int status)
    {
        var asked = 0;
        await using var server = await FakeServer.StartAsync((_, _) => (status, $"{Interlocked.Increment(ref asked)}"));
        using var client = new ReplayClient(
            () => [new ServerAddress(server.Url, "wrong", IsGiven: true)], isDryRun: false, TimeSpan.FromMinutes(2));
        var refused = await Assert.ThrowsAsync<KeyRefusedException>(
            () => client.SendAsync("shop", "{}\n"u8.ToArray(), 1, TestContext.Current.CancellationToken));
        Assert.Contains("refuses the admin key", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, asked);
    }

    private static async Task<(HttpStatusCode, string)?> AskAsync(params FakeServer[] servers)
    {
        using var client = new AdminClient();
        return await client.AskAsync(
            servers.Select(server => new ServerAddress(server.Url, "k")), HttpMethod.Get, "/admin/v1/status", TestContext.Current.CancellationToken);
    }
}

[assembly: AssemblyFixture(typeof(Ingest.Cluster.EndToEnd.SharedPostgres))]

namespace Ingest.Cluster.EndToEnd;

/// <summary>
/// One PostgreSQL server for all tests, started by the first that needs it, with a database for each cluster. Tests run one
/// after the other, so that each may stop and crash it.
/// </summary>
public sealed class SharedPostgres : IAsyncDisposable
{
    private static Task<(PostgresServer? Server, string? Absence)>? _start;

    /// <summary>The server, running; skips the test where there can be none.</summary>
    public static async Task<PostgresServer> RequireAsync()
    {
        _start ??= PostgresServer.StartAsync(mustBePrivate: true);
        var (server, absence) = await _start;
        Assert.SkipWhen(server is null, absence ?? "");
        // A test that failed may have left it stopped.
        await server.StartAgainAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (_start is not null && (await _start).Server is { } server)
            await server.DisposeAsync();
    }
}

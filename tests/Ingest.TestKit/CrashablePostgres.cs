namespace Ingest.TestKit;

/// <summary>
/// One PostgreSQL server for those tests of an assembly that stop, crash and pause it, one after the other; started by the first
/// of them. Each takes a database of its own. To be an assembly fixture, which ends it.
/// </summary>
public sealed class CrashablePostgres : IAsyncDisposable
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

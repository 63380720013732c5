namespace Ingest.TestKit;

/// <summary>One S3 server for all tests of the assembly, started when the first of them asks.</summary>
public sealed class S3Fixture : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private Task<S3Server>? _started;

    /// <summary>The server. Skips the test where it cannot run here.</summary>
    public Task<S3Server> ServerAsync()
    {
        if (S3Server.Absence() is { } absence)
            Assert.Skip(absence);
        lock (_gate)
            return _started ??= S3Server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_started is { IsCompletedSuccessfully: true })
            await (await _started).DisposeAsync();
    }
}

namespace Ingest.EndToEnd;

/// <summary>A primary as it is in production: a silo over a PostgreSQL of its own, and S3.</summary>
internal sealed class PrimaryStorage : IAsyncDisposable
{
    private readonly MatrixJournal _journal;

    private PrimaryStorage(MatrixJournal journal, S3Lake s3) => (_journal, S3) = (journal, s3);

    public S3Lake S3 { get; }

    /// <summary>Options of <c>./ingest run</c>.</summary>
    public IReadOnlyList<string> Options => [.. _journal.Options, .. S3.Options];

    /// <summary>Starts both; skips the test where one of them cannot be had.</summary>
    public static async Task<PrimaryStorage> StartAsync()
    {
        var journal = await MatrixJournal.OpenAsync(JournalKind.Postgres);
        Assert.SkipUnless(journal.Faults.Count > 0, "PostgreSQL is not the test's own: it cannot be crashed.");
        var s3 = await S3Lake.StartAsync();
        await s3.CreateBucketAsync();
        return new PrimaryStorage(journal, s3);
    }

    public Installation NewInstallation(string config) =>
        new() { Config = config, Environment = S3.Server.Environment, AuditOptions = _journal.AuditOptions };

    /// <summary>Both are gone at once, as with their machines.</summary>
    public async Task CrashAsync()
    {
        await _journal.Faults[0].BeginAsync();
        await S3.Server.StopGatewayAsync();
    }

    /// <summary>Both are back, on their disks.</summary>
    public async Task StartAgainAsync()
    {
        await S3.Server.StartGatewayAsync();
        await _journal.Faults[0].EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        await S3.DisposeAsync();
    }
}

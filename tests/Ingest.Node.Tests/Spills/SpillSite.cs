using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>A process with a spill before a <see cref="FakeJournal"/>: starts, is abandoned, and starts again on the same folder.</summary>
internal sealed class SpillSite(FakeJournal journal, ILogger? logger = null) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly HostingOptions Options = new()
    {
        SpillPeriod = TimeSpan.FromMilliseconds(5),
        SpillPauseMax = TimeSpan.FromMilliseconds(20),
        SpillRestMax = TimeSpan.FromMilliseconds(200),
    };

    private readonly TemporaryFolder _folder = new();
    private CancellationTokenSource _stop = new();
    private Task _draining = Task.CompletedTask;

    public FakeJournal Journal { get; } = journal;

    public StorageHealth Health { get; private set; } = new();

    public SpillHost Host { get; private set; } = null!;

    /// <summary>The spill of the host.</summary>
    public WatchedSpill Spill { get; private set; } = null!;

    /// <param name="drains">False where a test looks at the spill as it is.</param>
    /// <param name="bytesMax">Most bytes of the spill.</param>
    /// <param name="takesEvents">As <see cref="SpillHost"/> has it.</param>
    public async Task StartAsync(bool drains = true, long bytesMax = 1 << 30, bool takesEvents = true)
    {
        Health = new StorageHealth();
        Health.Started();
        Spill = new WatchedSpill(await SqliteSpill.OpenAsync(new SpillOptions { Folder = _folder.Path, ReserveBytes = 0, BytesMax = bytesMax }));
        var log = new HostingLog(logger ?? NullLogger.Instance);
        Host = new SpillHost(Spill, Journal, Health, takesEvents, Options, TimeProvider.System, log);
        _stop = new CancellationTokenSource();
        if (drains)
            BeginDraining();
    }

    public void BeginDraining() => _draining = Host.RunAsync(_stop.Token);

    /// <summary>Ends without draining.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _draining;
        await Host.DisposeAsync();
        _stop.Dispose();
    }

    public async Task<IntakeResult> SendAsync(string source, params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        return await Host.Intake.AcceptAsync(source, batch);
    }

    public async Task SpillAsync(string source, params string[] ids) => Assert.Equal(
        new IntakeResult(IntakeOutcome.Stored, Accepted: ids.Length, Durability: Durability.Spill), await SendAsync(source, ids));

    /// <summary>Waits until nothing is left to drain.</summary>
    public async Task UntilDrainedAsync()
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (Host.Report.Events > 0)
            await Task.Delay(5, deadline.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }
}

using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>A node without HTTP over a journal and a lake in memory; restarts on the same journal.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly NodeHost _host;

    private TestNode(NodeHost host, ScriptedJournal journal, ILake lake)
    {
        _host = host;
        Journal = journal;
        Lake = lake;
    }

    public ScriptedJournal Journal { get; }

    public ILake Lake { get; }

    public NodeHost Host => _host;

    public static async Task<TestNode> StartAsync(
        MemoryJournalStore? store = null,
        ILake? lake = null,
        Limits? limits = null,
        HostingOptions? options = null,
        int partitions = 1,
        TimeProvider? time = null)
    {
        var journal = new ScriptedJournal(new MemoryJournal(store ?? new MemoryJournalStore()));
        lake ??= new MemoryLake();
        var source = new Source { Name = "shop", Validator = new AcceptAll(), Partitions = partitions };
        var catalogue = new SourceCatalogue(new SourceSet([source], new AcceptAll()));
        var host = new NodeHost(
            journal, lake, catalogue, limits ?? new Limits(), options ?? new HostingOptions(), time ?? TimeProvider.System, new HostingLog(NullLogger.Instance));
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestNode(host, journal, lake);
    }

    /// <summary>Offers events with these ids as one request.</summary>
    public async Task<IntakeResult> SendAsync(string source, params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        return await _host.Intake.AcceptAsync(source, batch);
    }

    /// <summary>Every event id in the lake, once for each line that has it.</summary>
    public Task<List<string>> ReadLakeAsync() => TestEvents.ReadIdsAsync(Lake, TestContext.Current.CancellationToken);

    public async Task<List<LedgerRow>> ReadLedgerAsync()
    {
        var rows = new List<LedgerRow>();
        await foreach (var row in Journal.ReadLedgerAsync(new LakeHour(0), TestContext.Current.CancellationToken))
            rows.Add(row);
        return rows;
    }

    public Task DrainAsync() => _host.DrainAsync(Patience);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    /// <summary>Waits until something holds; fails when it does not in a long time.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!await holds())
            await Task.Delay(20, deadline.Token);
    }
}

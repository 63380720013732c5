using Ingest.Collector;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

/// <summary>A node without HTTP over a journal and a lake in memory; restarts on the same journal.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly NodeHost _host;

    private readonly SourceCatalogue _sources;

    private TestNode(NodeHost host, SourceCatalogue sources, ScriptedJournal journal, ILake lake)
    {
        _host = host;
        _sources = sources;
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
        TimeProvider? time = null,
        ILogger? logger = null)
    {
        var journal = new ScriptedJournal(new MemoryJournal(store ?? new MemoryJournalStore()));
        lake ??= new MemoryLake();
        var catalogue = new SourceCatalogue(SourcesOf(partitions));
        var host = new NodeHost(
            journal, lake, catalogue, limits ?? new Limits(), options ?? new HostingOptions(), time ?? TimeProvider.System, new HostingLog(logger ?? NullLogger.Instance));
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestNode(host, catalogue, journal, lake);
    }

    /// <summary>Puts another number of partitions of the source <c>shop</c> in force, as a reload does.</summary>
    public void Reconfigure(int partitions) => _sources.Replace(SourcesOf(partitions));

    /// <summary>The journal's number of partitions of the source <c>shop</c>; 0 for none.</summary>
    public async Task<int> CountAsync() =>
        (await Journal.ReadPartitionCountsAsync(TestContext.Current.CancellationToken)).GetValueOrDefault("shop");

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

    private static SourceSet SourcesOf(int partitions) =>
        new([new Source { Name = "shop", Validator = new AcceptAll(), Partitions = partitions }], new AcceptAll());
}

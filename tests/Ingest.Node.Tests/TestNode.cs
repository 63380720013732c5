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

    private static ReadOnlySpan<byte> Schema => "iglu:com.acme/order/jsonschema/1-0-0"u8;

    private readonly NodeHost _host;

    private readonly SourceCatalogue _sources;
    private readonly IEventValidator _validator;

    private TestNode(NodeHost host, SourceCatalogue sources, IEventValidator validator, ScriptedJournal journal, ILake lake)
    {
        _host = host;
        _sources = sources;
        _validator = validator;
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
        ILogger? logger = null,
        IEventValidator? validator = null)
    {
        var journal = new ScriptedJournal(new MemoryJournal(store ?? new MemoryJournalStore()));
        lake ??= new MemoryLake();
        validator ??= new AcceptAll();
        var catalogue = new SourceCatalogue(SourcesOf(partitions, validator));
        var host = new NodeHost(
            journal, lake, catalogue, limits ?? new Limits(), options ?? new HostingOptions(), time ?? TimeProvider.System, new HostingLog(logger ?? NullLogger.Instance));
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestNode(host, catalogue, validator, journal, lake);
    }

    /// <summary>Puts another number of partitions of the source <c>shop</c> in force, as a reload does.</summary>
    public void Reconfigure(int partitions) => _sources.Replace(SourcesOf(partitions, _validator));

    /// <summary>The journal's number of partitions of the source <c>shop</c>; 0 for none.</summary>
    public async Task<int> CountAsync() =>
        (await Journal.ReadPartitionCountsAsync(TestContext.Current.CancellationToken)).GetValueOrDefault("shop");

    /// <summary>Offers events with these ids as one request.</summary>
    public async Task<IntakeResult> SendAsync(string source, params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        return await _host.Intake.AcceptAsync(source, batch);
    }

    /// <summary>Offers events with these ids, each with its payload as a document to judge.</summary>
    /// <param name="errors">What is wrong with each of them already; null for nothing.</param>
    /// <param name="ids">The ids.</param>
    public async Task<IntakeResult> SendToJudgeAsync(EventError[]? errors, params string[] ids)
    {
        using var batch = TestEvents.Batch(ids);
        var schema = batch.Append(Schema);
        for (var i = 0; i < ids.Length; i++)
        {
            var entry = batch.Events[i] with { FirstCheck = batch.CheckCount, CheckCount = 1, Errors = errors?.ToList() };
            batch.Add(new SchemaCheck(schema, entry.Payload, ""));
            batch.Replace(i, entry);
        }

        return await _host.Intake.AcceptAsync("shop", batch);
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

    private static SourceSet SourcesOf(int partitions, IEventValidator validator) =>
        new([new Source { Name = "shop", Validator = validator, Partitions = partitions }], validator);
}

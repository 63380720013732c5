using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging;
using EventId = Microsoft.Extensions.Logging.EventId;

namespace Ingest.Node.Tests;

/// <summary>What an operator is told of blocks that cannot be merged.</summary>
public sealed class MergeTests
{
    private static readonly PartitionId Shop = new("shop", 0);
    private static readonly LakeHour Hour = new(500_000);

    [Fact]
    public async Task A_stale_activation_whose_blocks_another_one_sealed_raises_no_alarm()
    {
        var log = new Levels();
        using var host = HostOf(new MemoryJournal(), log);
        var result = await host.SealAsync(new SealDraft(BatchOf(), Merge: true));
        Assert.Equal(JournalOutcome.Fenced, result.Outcome);
        Assert.DoesNotContain(LogLevel.Error, log.Seen);
    }

    [Fact]
    public async Task Damage_does()
    {
        var log = new Levels();
        var journal = new ScriptedJournal(new MemoryJournal());
        using var host = HostOf(journal, log);
        byte[] body = [1, 2, 3];
        List<Block> blocks = [new(1, LakeStream.Good, Hour, 1, 10, Hour.Start, body), new(2, LakeStream.Good, Hour, 1, 10, Hour.Start, body)];
        await journal.AppendAsync(
            new Append(Shop, 1, 1, blocks, default, long.MinValue, Hour.Start, []), TestContext.Current.CancellationToken);
        journal.IsDamaged = true;
        var result = await host.SealAsync(new SealDraft(BatchOf(), Merge: true));
        Assert.Equal(JournalOutcome.Committed, result.Outcome);
        Assert.Contains(LogLevel.Error, log.Seen);
    }

    private static Batch BatchOf() => new(Shop, LakeStream.Good, Hour, 1, 2, 2, 2, 20, 6, Hour.Start, SealReason.Age);

    private static PartitionHost HostOf(IJournal journal, ILogger log) => new(
        journal,
        new Limits(),
        new HostingOptions(),
        new PartitionSurroundings
        {
            ValidatorOf = _ => throw new InvalidOperationException("nothing is offered"),
            PartitionCountOf = _ => ValueTask.FromResult(1),
            OnSealed = _ => { },
            OnWritten = _ => { },
        },
        TimeProvider.System,
        new HostingLog(log));

    private sealed class Levels : ILogger
    {
        public List<LogLevel> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Seen.Add(logLevel);
    }
}

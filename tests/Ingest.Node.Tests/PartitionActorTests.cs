using System.IO.Compression;
using System.Text.Json;
using Ingest.Engine;
using Ingest.Hosting;
using Ingest.Storage;
using Ingest.TestKit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ingest.Node.Tests;

public sealed class PartitionActorTests : IDisposable
{
    private static readonly PartitionId Shop = new("shop", 0);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly ScriptedJournal _journal = new(new MemoryJournal());
    private readonly List<PartitionHost> _hosts = [];
    private Func<ValueTask<int>> _count = () => ValueTask.FromResult(1);

    [Fact]
    public async Task Whatever_waits_for_the_read_is_answered_once_also_where_the_first_one_breaks_the_partition()
    {
        await StoreAsync(Host(), "first");
        var held = new TaskCompletionSource<int>();
        _count = () => new ValueTask<int>(held.Task);
        var actor = Host().ActorOf(Shop);
        // They come from a router that knows of more partitions than the journal does.
        var early = Enumerable.Range(0, 20).Select(n => OfferAsync(actor, $"early-{n}", partitionCount: 2)).ToList();
        held.SetResult(1);
        var answers = await Task.WhenAll(early).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(answers, answer => answer.Outcome == IntakeOutcome.Stored);
        // The receipts are pooled: one that was answered twice would answer these too early.
        await TestNode.UntilAsync(async () => (await OfferAsync(actor, "late", partitionCount: 1)).Outcome == IntakeOutcome.Stored);
        Assert.Equal(["first", "late"], await IdsAsync());
    }

    [Fact]
    public async Task A_full_block_is_appended_before_a_turn_with_many_requests_is_over()
    {
        var held = new TaskCompletionSource<int>();
        _count = () => new ValueTask<int>(held.Task);
        var actor = Host(new Limits { CompressAheadLineBytes = 1 }).ActorOf(Shop);

        // All of them are taken in the turn in which the partition has been read.
        var offers = Enumerable.Range(0, 3).Select(n => OfferAsync(actor, $"{n}")).ToList();
        held.SetResult(1);
        var answers = await Task.WhenAll(offers).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.All(answers, answer => Assert.Equal(IntakeOutcome.Stored, answer.Outcome));
        Assert.Equal(2, _journal.Appends);
        // The second append has a block of each of the other two: the first of them was given out before the last one came.
        Assert.Equal(4, (await _journal.ReadPartitionAsync(Shop, 0, default, TestContext.Current.CancellationToken)).NextSeq);
        Assert.Equal(["0", "1", "2"], await IdsAsync());
    }

    [Fact]
    public async Task A_late_word_about_an_instance_given_up_does_not_end_the_one_at_work()
    {
        var seal = new TaskCompletionSource<JournalResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var sealing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _journal.SealScript = _ =>
        {
            _journal.SealScript = null;
            sealing.SetResult();
            return new ValueTask<JournalResult>(seal.Task);
        };
        var retired = false;
        var actor = Host(new Limits { SealBlocks = 1 }, stepsDown: true).Attach(Shop, () => retired = true);
        Assert.Equal(IntakeOutcome.Stored, (await OfferAsync(actor, "a")).Outcome);

        await sealing.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);

        // An append whose answer is lost breaks the instance, and another one is read.
        _journal.Script.Enqueue((append, _) => Lost(append));
        Assert.Equal(IntakeOutcome.Unavailable, (await OfferAsync(actor, "b")).Outcome);
        var append = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _journal.Script.Enqueue(async (go, _) =>
        {
            await append.Task;
            return await go();
        });
        var inFlight = OfferAsync(actor, "c");
        await TestNode.UntilAsync(() => Task.FromResult(_journal.Appends == 3));
        var waiting = OfferAsync(actor, "d");
        seal.SetResult(new JournalResult(JournalOutcome.Fenced, "another instance sealed"));
        await Task.Delay(TimeSpan.FromMilliseconds(50), TestContext.Current.CancellationToken);
        append.SetResult();

        Assert.Equal(IntakeOutcome.Stored, (await inFlight.WaitAsync(Patience, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(IntakeOutcome.Stored, (await waiting.WaitAsync(Patience, TestContext.Current.CancellationToken)).Outcome);
        Assert.False(retired);
    }

    /// <summary>As where an hour is closed while a batch is being sealed: the instance that is read anew tries to seal the same batch.</summary>
    [Fact]
    public async Task A_seal_that_an_instance_given_up_comes_before_refuses_nobody()
    {
        var sealing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = new TaskCompletionSource<JournalResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _journal.SealScript = async first =>
        {
            _journal.SealScript = async second =>
            {
                _journal.SealScript = null;
                again.SetResult();
                await ended.Task;
                return await second();
            };
            sealing.SetResult();
            await again.Task;
            await TestNode.UntilAsync(() => Task.FromResult(_journal.Appends == 3));
            var result = await first();
            ended.SetResult(result);
            return result;
        };
        var actor = Host(new Limits { SealBlocks = 1, RetryPauseMin = new HostingOptions().ReloadPauseMax }).ActorOf(Shop);
        Assert.Equal(IntakeOutcome.Stored, (await OfferAsync(actor, "a")).Outcome);
        await sealing.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
        _journal.Script.Enqueue((_, _) => ValueTask.FromResult(new JournalResult(JournalOutcome.Fenced, "the hour was closed")));
        // On its way when the seal is fenced: no append is stored between the two.
        _journal.Script.Enqueue(async (append, _) =>
        {
            await TestNode.UntilAsync(() => Task.FromResult(_journal.PartitionReads == 3));
            return await append();
        });
        Assert.Equal(IntakeOutcome.Moved, (await OfferAsync(actor, "b")).Outcome);
        Assert.Equal(IntakeOutcome.Moved, (await OfferAsync(actor, "b").WaitAsync(Patience, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(JournalOutcome.Committed, (await ended.Task).Outcome);
        await TestNode.UntilAsync(async () =>
        {
            var outcome = (await OfferAsync(actor, "b")).Outcome;
            Assert.NotEqual(IntakeOutcome.Unavailable, outcome);
            return outcome == IntakeOutcome.Stored;
        });
    }

    [Fact]
    public async Task What_waits_for_a_journal_that_does_not_answer_is_told_in_time()
    {
        var never = new TaskCompletionSource<int>();
        _count = () => new ValueTask<int>(never.Task);
        var host = Host(new Limits { JournalTimeout = TimeSpan.FromMilliseconds(200) });
        using var stop = new CancellationTokenSource();
        var clock = host.RunClockAsync(stop.Token);
        var answer = await OfferAsync(host.ActorOf(Shop), "a").WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeOutcome.Unavailable, answer.Outcome);
        await stop.CancelAsync();
        await clock;
    }

    [Fact]
    public async Task A_partition_that_leaves_stores_what_it_took_and_sends_on_what_comes_after()
    {
        var actor = Host().Attach(Shop, () => Assert.Fail("nobody need hear of a leave that was asked for"));
        Assert.Equal(IntakeOutcome.Stored, (await OfferAsync(actor, "first")).Outcome);
        var before = OfferAsync(actor, "a");
        var leave = actor.LeaveAsync();
        var after = OfferAsync(actor, "b");
        await leave.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(IntakeOutcome.Stored, (await before).Outcome);
        Assert.Equal(IntakeOutcome.Moved, (await after).Outcome);
        Assert.Equal(["first", "a"], await IdsAsync());
    }

    public void Dispose() => _hosts.ForEach(host => host.Dispose());

    private PartitionHost Host(Limits? limits = null, bool stepsDown = false)
    {
        var host = new PartitionHost(
            _journal,
            limits ?? new Limits(),
            new HostingOptions { StepsDownWhenFenced = stepsDown },
            new PartitionSurroundings
            {
                ValidatorOf = _ => new AcceptAll(),
                PartitionCountOf = _ => _count(),
                OnSealed = _ => { },
                OnWritten = _ => { },
            },
            TimeProvider.System,
            new HostingLog(NullLogger.Instance));
        _hosts.Add(host);
        return host;
    }

    private static async ValueTask<JournalResult> Lost(Func<ValueTask<JournalResult>> append)
    {
        await append();
        return new JournalResult(JournalOutcome.Unknown, "the answer was lost");
    }

    private static async Task StoreAsync(PartitionHost host, string id) =>
        Assert.Equal(IntakeOutcome.Stored, (await OfferAsync(host.ActorOf(Shop), id)).Outcome);

    private static async Task<IntakeResult> OfferAsync(PartitionActor actor, string id, int partitionCount = 1)
    {
        using var batch = TestEvents.Batch(id);
        return await actor.OfferAsync(batch, partitionCount);
    }

    /// <summary>Ids of the events in the journal's blocks.</summary>
    private async Task<List<string>> IdsAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var snapshot = await _journal.ReadPartitionAsync(Shop, 0, default, cancellation);
        var lines = new List<string>();
        await foreach (var body in _journal.ReadBlocksAsync(Shop, LakeStream.Good, 1, snapshot.NextSeq, cancellation))
        {
            using var text = new StreamReader(new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress));
            while (await text.ReadLineAsync(cancellation) is { } line)
                lines.Add(JsonDocument.Parse(line).RootElement.GetProperty("event_id").GetString()!);
        }

        return lines;
    }
}

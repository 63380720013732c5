using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Ingest.Engine.Tests;

public sealed class ShipWorkerTests
{
    private static readonly PartitionId Web = new("web", 0);
    private static readonly Instant Start = ShipperScript.Start;

    // Only there so that a hang fails instead of hanging the run.
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly ModelLake _lake = new();
    private readonly ManualTime _time = new();

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task Puts_what_the_journal_holds_under_its_key_and_confirms(int bufferBytes)
    {
        var journal = new ModelJournal();
        var batch = await SealAsync(journal);
        var result = await Worker(journal, _lake, bufferBytes).ShipAsync(StepOf(batch), CancellationToken.None);

        var key = LakeLayout.KeyOf(batch, journal.Id);
        var expected = new ShippedObject(
            key, batch.BodyBytes, Convert.ToHexStringLower(SHA256.HashData("first second"u8)), Instant.From(_time.GetUtcNow()));
        Assert.Equal(new ShipResult(ShipOutcome.Confirmed, expected), result);
        Assert.Equal("first second", Encoding.UTF8.GetString(_lake.Objects[key]));
        Assert.Equal(expected, journal.Shipped[batch.Id].Object);
        Assert.Empty(journal.Pending);
    }

    [Theory]
    [InlineData(1 << 20, 1)]
    [InlineData(0, 2)]
    public async Task A_small_body_is_read_once(int bufferBytes, int reads)
    {
        var journal = new ScriptedJournal(["first ", "second"]);
        await Worker(journal, _lake, bufferBytes).ShipAsync(StepOf(BatchOf(12)), CancellationToken.None);
        Assert.Equal(reads, journal.Reads);
        Assert.Equal("first second", Encoding.UTF8.GetString(Assert.Single(_lake.Objects).Value));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public async Task A_body_of_another_length_is_damage_and_is_not_put(int bodyBytes)
    {
        var journal = new ScriptedJournal(["first ", "second"]);
        var result = await Worker(journal, _lake).ShipAsync(StepOf(BatchOf(bodyBytes)), CancellationToken.None);
        Assert.Equal(ShipOutcome.Damaged, result.Outcome);
        Assert.Contains("web/0", result.Detail, StringComparison.Ordinal);
        Assert.Equal(0, _lake.Puts);
        Assert.Equal(0, journal.Confirms);
    }

    [Theory]
    [InlineData(PutOutcome.Unreachable, ShipOutcome.Unreachable)]
    [InlineData(PutOutcome.Throttled, ShipOutcome.Throttled)]
    [InlineData(PutOutcome.Denied, ShipOutcome.Denied)]
    [InlineData(PutOutcome.Missing, ShipOutcome.Missing)]
    [InlineData(PutOutcome.Rejected, ShipOutcome.Rejected)]
    [InlineData(PutOutcome.Conflict, ShipOutcome.Conflict)]
    public async Task A_put_that_failed_is_not_confirmed(PutOutcome put, ShipOutcome expected)
    {
        var journal = new ModelJournal();
        var batch = await SealAsync(journal);
        _lake.NextPutFails = put;
        var result = await Worker(journal, _lake).ShipAsync(StepOf(batch), CancellationToken.None);
        Assert.Equal(new ShipResult(expected, Detail: "told to fail"), result);
        Assert.Equal([batch], journal.Pending);
    }

    [Fact]
    public async Task A_put_whose_answer_was_lost_is_repeated_with_the_same_key_and_bytes()
    {
        var journal = new ModelJournal();
        var batch = await SealAsync(journal);
        _lake.NextPutIsLost = true;
        var worker = Worker(journal, _lake);
        Assert.Equal(ShipOutcome.Unreachable, (await worker.ShipAsync(StepOf(batch), CancellationToken.None)).Outcome);
        Assert.Equal([batch], journal.Pending);
        Assert.Equal(ShipOutcome.Confirmed, (await worker.ShipAsync(StepOf(batch), CancellationToken.None)).Outcome);
        Assert.Single(_lake.Objects);
    }

    [Fact]
    public async Task A_lost_confirmation_is_repeated_without_reading_or_putting()
    {
        var journal = new ModelJournal { NextConfirmIsLost = true };
        var batch = await SealAsync(journal);
        var worker = Worker(journal, _lake);
        var lost = await worker.ShipAsync(StepOf(batch), CancellationToken.None);
        Assert.Equal(ShipOutcome.NotConfirmed, lost.Outcome);
        Assert.Equal("Unknown: answer lost", lost.Detail);

        var again = await worker.ShipAsync(StepOf(batch) with { Stored = lost.Stored }, CancellationToken.None);
        Assert.Equal(new ShipResult(ShipOutcome.Confirmed, lost.Stored), again);
        Assert.Equal(1, _lake.Puts);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_is_not_the_lakes_fault()
    {
        var journal = new ModelJournal { IsDown = true };
        var result = await Worker(journal, _lake).ShipAsync(StepOf(BatchOf(1)), CancellationToken.None);
        Assert.Equal(ShipOutcome.JournalUnavailable, result.Outcome);
        Assert.Equal(0, _lake.Puts);
    }

    [Fact]
    public async Task A_batch_that_another_shipper_confirmed_is_gone()
    {
        var journal = new ScriptedJournal(["first "]) { FirstRead = new BatchNotPendingException("confirmed") };
        var result = await Worker(journal, _lake).ShipAsync(StepOf(BatchOf(6)), CancellationToken.None);
        Assert.Equal(new ShipResult(ShipOutcome.Gone, Detail: "confirmed"), result);
        Assert.Equal(0, _lake.Puts);
    }

    [Fact]
    public async Task Damage_found_while_putting_is_damage()
    {
        // Not buffered, so that the put reads again.
        var journal = new ScriptedJournal(["first "]) { SecondRead = new JournalCorruptException("block 7") };
        var result = await Worker(journal, _lake, bufferBytes: 0).ShipAsync(StepOf(BatchOf(6)), CancellationToken.None);
        Assert.Equal(new ShipResult(ShipOutcome.Damaged, Detail: "block 7"), result);
        Assert.Empty(_lake.Objects);
    }

    [Fact]
    public async Task Faults_that_no_port_promises_are_results_too()
    {
        var surprised = await Worker(new ScriptedJournal(["a"]), new SurprisingLake(), 0)
            .ShipAsync(StepOf(BatchOf(1)), CancellationToken.None);
        Assert.Equal(new ShipResult(ShipOutcome.Unreachable, Detail: "NotSupportedException: surprise"), surprised);

        var unread = await Worker(new ScriptedJournal(["a"]) { FirstRead = new IOException("gone") }, _lake)
            .ShipAsync(StepOf(BatchOf(1)), CancellationToken.None);
        Assert.Equal(new ShipResult(ShipOutcome.JournalUnavailable, Detail: "IOException: gone"), unread);

        var unconfirmed = await Worker(new ScriptedJournal(["a"]) { Confirm = new JournalUnavailableException("down") }, _lake)
            .ShipAsync(StepOf(BatchOf(1)), CancellationToken.None);
        Assert.Equal(ShipOutcome.NotConfirmed, unconfirmed.Outcome);
        Assert.Equal(Assert.Single(_lake.Objects).Key, unconfirmed.Stored?.Key);
    }

    [Fact]
    public async Task A_put_without_an_end_ends_at_its_time_out()
    {
        var hanging = new HangingLake();
        var shipping = Worker(new ScriptedJournal(["a"]), hanging).ShipAsync(StepOf(BatchOf(1)), CancellationToken.None);
        await hanging.Started;
        _time.Advance(new Limits().PutTimeout);
        var result = await shipping.WaitAsync(HangGuard);
        Assert.Equal(new ShipResult(ShipOutcome.Unreachable, Detail: "No end within 00:05:00."), result);
    }

    [Fact]
    public async Task Stopping_the_host_ends_a_put()
    {
        using var stop = new CancellationTokenSource();
        var hanging = new HangingLake();
        var shipping = Worker(new ScriptedJournal(["a"]), hanging).ShipAsync(StepOf(BatchOf(1)), stop.Token);
        await hanging.Started;
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => shipping.WaitAsync(HangGuard));
    }

    private static ShipStep.Ship StepOf(Batch batch) => new(batch, 1, null);

    private static Batch BatchOf(int bodyBytes) =>
        new(Web, LakeStream.Good, Start.Hour, 1, 2, 2, 2, 12, bodyBytes, Start, SealReason.Age);

    private static async Task<Batch> SealAsync(ModelJournal journal)
    {
        Block[] blocks =
        [
            new(1, LakeStream.Good, Start.Hour, 1, 6, Start, "first "u8.ToArray()),
            new(2, LakeStream.Good, Start.Hour, 1, 6, Start, "second"u8.ToArray()),
        ];
        await journal.AppendAsync(new Append(Web, 1, 1, blocks, default, 0, Start, []), CancellationToken.None);
        var sealing = await journal.SealAsync(new Seal(BatchOf(12), null), CancellationToken.None);
        Assert.Equal(JournalOutcome.Committed, sealing.Outcome);
        return BatchOf(12);
    }

    private ShipWorker Worker(IJournal journal, ILake lake, int bufferBytes = 1 << 20) =>
        new(journal, lake, new Limits { ShipBufferBytes = bufferBytes }, _time);

    /// <summary>A journal of one batch, whose reads and confirmations follow a script.</summary>
    private sealed class ScriptedJournal(string[] chunks) : JournalStub
    {
        public int Reads { get; private set; }

        public int Confirms { get; private set; }

        public Exception? FirstRead { get; init; }

        public Exception? SecondRead { get; init; }

        public Exception? Confirm { get; init; }

        public override async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadBatchAsync(
            Batch batch, [EnumeratorCancellation] CancellationToken cancellation)
        {
            await Task.CompletedTask;
            Reads++;
            if ((Reads == 1 ? FirstRead : SecondRead) is { } fault)
                throw fault;

            // One array for all chunks: what is kept beyond its turn is overwritten.
            var shared = new byte[chunks.Max(chunk => chunk.Length)];
            foreach (var chunk in chunks)
            {
                Encoding.UTF8.GetBytes(chunk, shared);
                yield return shared.AsMemory(0, chunk.Length);
                Array.Clear(shared);
            }
        }

        public override ValueTask<JournalResult> ConfirmAsync(
            BatchId batch, ShippedObject shipped, CancellationToken cancellation)
        {
            Confirms++;
            return Confirm is null ? new(JournalResult.Committed) : throw Confirm;
        }
    }

    private sealed class SurprisingLake : LakeStub
    {
        public override ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation) =>
            throw new NotSupportedException("surprise");
    }

    private sealed class HangingLake : LakeStub
    {
        private readonly TaskCompletionSource _started = new();

        public Task Started => _started.Task;

        public override async ValueTask<PutResult> PutAsync(LakeObject lakeObject, CancellationToken cancellation)
        {
            _started.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
            return default;
        }
    }
}

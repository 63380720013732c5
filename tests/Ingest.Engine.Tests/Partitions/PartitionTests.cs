using System.Buffers.Binary;
using System.Text;

namespace Ingest.Engine.Tests;

/// <summary>What random histories would hardly hit, or would not show so plainly.</summary>
public sealed class PartitionTests
{
    private static readonly PartitionId Web = new("web", 0);
    private static readonly Instant Start = ShipperScript.Start;
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    [Fact]
    public void Refusals_are_counted_however_often_the_journal_refuses()
    {
        IReadOnlyList<LedgerCounts> carried = [];
        for (var round = 1; round <= 3; round++)
        {
            var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, carried);
            // One of them is in flight when the journal refuses, the other waits.
            Offer(partition, Start, 1, 2);
            var append = partition.BeginAppend()!.Encode();
            Offer(partition, Start, 3);
            partition.CompleteAppend(append, new JournalResult(JournalOutcome.Refused));
            carried = partition.TakeUnwrittenCounts();
            Assert.Equal(3 * round, carried.Sum(counts => counts.Refused));
            Assert.Equal(3 * round, carried.Sum(counts => counts.Received));
        }

        var last = PartitionOf(new Limits(), PartitionSnapshot.Empty, carried).BeginAppend(countsToo: true)!.Encode();
        Assert.Equal(new LedgerCounts(Start.Hour, 9, 0, 0, 0, 9), Assert.Single(last.Counts));
    }

    [Fact]
    public void Refusals_keep_their_hour()
    {
        var later = Start + TimeSpan.FromHours(1);
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, [new LedgerCounts(Start.Hour, 5, 0, 0, 0, 5)]);
        var append = partition.BeginAppend(countsToo: true)!.Encode();
        Offer(partition, later, 1);
        partition.CompleteAppend(append, new JournalResult(JournalOutcome.Refused));
        Assert.Equal(
            [new LedgerCounts(Start.Hour, 5, 0, 0, 0, 5), new LedgerCounts(later.Hour, 1, 0, 0, 0, 1)],
            partition.TakeUnwrittenCounts());
    }

    [Fact]
    public void Events_of_a_fenced_partition_are_sent_on_and_not_counted_as_refused()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, [new LedgerCounts(Start.Hour, 5, 0, 0, 0, 5)]);
        var inFlight = Offer(partition, Start, 1);
        var append = partition.BeginAppend()!.Encode();
        var waiting = Offer(partition, Start, 2);
        partition.CompleteAppend(append, new JournalResult(JournalOutcome.Fenced));
        Assert.Equal(IntakeOutcome.Moved, inFlight.Answer?.Outcome);
        Assert.Equal(IntakeOutcome.Moved, waiting.Answer?.Outcome);
        // Refusals of before were not stored and are carried on.
        Assert.Equal([new LedgerCounts(Start.Hour, 5, 0, 0, 0, 5)], partition.TakeUnwrittenCounts());
    }

    [Fact]
    public void Refusals_that_may_be_stored_are_not_counted_twice()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, [new LedgerCounts(Start.Hour, 5, 0, 0, 0, 5)]);
        var append = partition.BeginAppend(countsToo: true)!.Encode();
        partition.CompleteAppend(append, new JournalResult(JournalOutcome.Unknown));
        Assert.Empty(partition.TakeUnwrittenCounts());
    }

    [Fact]
    public void A_duplicate_waits_for_the_event_that_it_repeats()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
        Offer(partition, Start, 1);
        var append = partition.BeginAppend()!.Encode();
        var inFlight = Offer(partition, Start, 1);
        var next = Offer(partition, Start, 1, 2);
        Assert.False(inFlight.IsAnswered);
        partition.CompleteAppend(append, JournalResult.Committed);
        Assert.True(inFlight.IsAnswered);
        Assert.False(next.IsAnswered);
        // Once committed, a duplicate depends on nothing any more.
        Assert.True(Offer(partition, Start, 1).IsAnswered);
        append = partition.BeginAppend()!.Encode();
        partition.CompleteAppend(append, JournalResult.Committed);
        Assert.True(next.IsAnswered);
    }

    [Fact]
    public void Events_of_a_router_that_knows_of_fewer_partitions_move()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty with { PartitionCount = 4 }, []);
        var waiting = Offer(partition, 4, Start, 4);
        var moved = Offer(partition, 2, Start, 1, 2);
        Assert.Equal((IntakeOutcome.Moved, 4), (moved.Answer?.Outcome, moved.Answer?.PartitionCount));
        Assert.False(partition.IsBroken || waiting.IsAnswered);
        // Nothing of them is taken, and nothing is counted.
        var append = partition.BeginAppend()!.Encode();
        Assert.Equal((4, 1), (append.PartitionCount, append.Ids.Length / 16));
        Assert.Equal(1, Assert.Single(append.Counts).Received);
        partition.CompleteAppend(append, JournalResult.Committed);
        Assert.Equal(IntakeOutcome.Stored, waiting.Answer?.Outcome);
    }

    [Fact]
    public void A_router_that_knows_of_more_partitions_breaks_the_partition()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty with { PartitionCount = 2 }, []);
        var inFlight = Offer(partition, 2, Start, 1);
        var append = partition.BeginAppend()!.Encode();
        var waiting = Offer(partition, 2, Start, 2);
        var moved = Offer(partition, 4, Start, 3);
        Assert.True(partition.IsBroken);
        Assert.Equal((IntakeOutcome.Moved, 2), (moved.Answer?.Outcome, moved.Answer?.PartitionCount));
        Assert.All([inFlight, waiting], sending => Assert.Equal(IntakeOutcome.Moved, sending.Answer?.Outcome));
        partition.CompleteAppend(append, new JournalResult(JournalOutcome.Fenced));
        // What moved is offered again, and counted then.
        Assert.Empty(partition.TakeUnwrittenCounts());
        Assert.Throws<InvalidOperationException>(() => Offer(partition, 4, Start, 3));
    }

    [Fact]
    public void A_fenced_seal_sends_on_whoever_waits()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
        Offer(partition, 1, Start, 1);
        partition.CompleteAppend(partition.BeginAppend()!.Encode(), JournalResult.Committed);
        Assert.NotNull(partition.BeginSeal(Start + TimeSpan.FromHours(1)));
        var waiting = Offer(partition, 1, Start, 2);
        partition.CompleteSeal(new JournalResult(JournalOutcome.Fenced));
        Assert.True(partition.IsBroken);
        Assert.Equal(IntakeOutcome.Moved, waiting.Answer?.Outcome);
    }

    [Fact]
    public void The_journals_number_of_partitions_comes_before_the_hosts()
    {
        var known = PartitionOf(new Limits(), PartitionSnapshot.Empty with { PartitionCount = 4 }, []);
        Assert.Equal(4, known.PartitionCount);
        var neverWritten = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
        Assert.Equal(1, neverWritten.PartitionCount);
    }

    [Theory]
    [InlineData(JournalOutcome.Unknown, false, IntakeFault.Journal)]
    [InlineData(JournalOutcome.Refused, true, IntakeFault.Journal)]
    [InlineData(JournalOutcome.Refused, false, IntakeFault.Other)]
    public void Whoever_waits_is_told_whether_the_journal_is_the_reason(JournalOutcome outcome, bool isUnreachable, IntakeFault expected)
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
        var inFlight = Offer(partition, 1, Start, 1);
        var append = partition.BeginAppend()!.Encode();
        var waiting = Offer(partition, 1, Start, 2);

        partition.CompleteAppend(append, new JournalResult(outcome, "the test says so", isUnreachable));

        Assert.All([inFlight, waiting], sent => Assert.Equal(IntakeResult.Unavailable("the test says so", expected), sent.Answer));
    }

    [Fact]
    public void Ids_that_a_split_handed_down_are_known_and_leave_the_window_first()
    {
        var ids = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(ids, new TestEvent(1).IdHash);
        var handed = new IdRun(-1, Start, ids);
        var snapshot = new PartitionSnapshot(1, Start, 4, [], [handed]);
        var partition = PartitionOf(new Limits { DedupeIdsMax = 2 }, snapshot, []);
        var duplicate = Offer(partition, 4, Start, 1);
        Assert.Equal(new IntakeResult(IntakeOutcome.Stored, Duplicates: 1), duplicate.Answer);
        Offer(partition, 4, Start, 2);
        Assert.Equal(-1, Commit(partition).ForgetIdsBelow);
        Offer(partition, 4, Start, 3);
        Assert.Equal(1, Commit(partition).ForgetIdsBelow);
    }

    [Fact]
    public void A_batch_is_sealed_by_size_at_once()
    {
        var partition = WithOneBlock(new Limits { SealBytes = 1 }, Start);
        Assert.Equal(Start, partition.SealDueAt);
        Assert.Equal(SealReason.Size, partition.BeginSeal(Start)?.Batch.Reason);
    }

    [Fact]
    public void A_batch_is_sealed_by_age()
    {
        var limits = new Limits();
        var due = Start + limits.SealAge;
        var partition = WithOneBlock(limits, Start);
        Assert.Equal(due, partition.SealDueAt);
        Assert.Null(partition.BeginSeal(due - Millisecond));
        Assert.Equal(SealReason.Age, partition.BeginSeal(due)?.Batch.Reason);
    }

    [Fact]
    public void A_batch_is_sealed_by_the_end_of_its_hour()
    {
        var end = Start.Hour.End;
        var partition = WithOneBlock(new Limits(), end - TimeSpan.FromSeconds(10));
        Assert.Equal(end, partition.SealDueAt);
        Assert.Null(partition.BeginSeal(end - Millisecond));
        Assert.Equal(SealReason.Hour, partition.BeginSeal(end)?.Batch.Reason);
    }

    [Fact]
    public void Seals_go_one_at_a_time_and_bear_their_time()
    {
        var partition = WithOneBlock(new Limits { SealBytes = 1 }, Start);
        Offer(partition, Start, 2);
        partition.CompleteAppend(partition.BeginAppend()!.Encode(), JournalResult.Committed);
        var first = partition.BeginSeal(Start + Millisecond);
        Assert.Equal(Start + Millisecond, first?.Batch.SealedAt);
        Assert.Null(partition.BeginSeal(Start + Millisecond));
        partition.CompleteSeal(JournalResult.Committed);
        // The clock went back, the partition's does not.
        Assert.Equal(Start + Millisecond, partition.BeginSeal(Start)?.Batch.SealedAt);
    }

    [Fact]
    public void A_batch_is_sealed_by_age_though_the_clock_went_back()
    {
        var limits = new Limits();
        var back = Start - TimeSpan.FromHours(8);
        var partition = WithOneBlock(limits, Start);
        Assert.Null(partition.BeginSeal(back));
        Assert.Equal(back + limits.SealAge, partition.SealDueAt);
        Assert.Equal(SealReason.Age, partition.BeginSeal(back + limits.SealAge)?.Batch.Reason);
    }

    [Fact]
    public void A_refused_seal_is_tried_again_after_a_pause_and_refuses_no_events()
    {
        var limits = new Limits { SealBytes = 1 };
        var partition = WithOneBlock(limits, Start);
        var first = partition.BeginSeal(Start);
        var waiting = Offer(partition, Start, 7);
        partition.CompleteSeal(new JournalResult(JournalOutcome.Refused));
        Assert.False(partition.IsBroken);
        Assert.False(waiting.IsAnswered);
        Assert.Null(partition.BeginSeal(Start));
        Assert.Equal(Start + limits.RetryPauseMin, partition.SealDueAt);
        Assert.Equal(first, partition.BeginSeal(Start + limits.RetryPauseMin));
    }

    [Fact]
    public void A_clock_that_leaps_for_a_moment_forgets_no_id()
    {
        var partition = WithOneBlock(new Limits(), Start);
        Offer(partition, Start + TimeSpan.FromDays(2), 2);
        var append = partition.BeginAppend()!.Encode();
        partition.CompleteAppend(append, JournalResult.Committed);
        Assert.Equal(1, append.ForgetIdsBelow);
        Assert.True(Offer(partition, Start, 1).IsAnswered);
    }

    [Fact]
    public void A_clock_that_is_ahead_at_the_start_forgets_no_id()
    {
        var stored = WithOneBlock(new Limits(), Start);
        var snapshot = new PartitionSnapshot(stored.NextSeq, Start, 1, [], [new IdRun(1, Start, new byte[16])]);
        var partition = new Partition(
            Web, 1, new Limits(), () => new TestEvent.Validator(), snapshot, Start + TimeSpan.FromDays(400), [], seed: 1);
        Offer(partition, Start + TimeSpan.FromDays(400), 2);
        Assert.Equal(1, partition.BeginAppend()!.Encode().ForgetIdsBelow);
    }

    [Fact]
    public void Hours_that_were_closed_ahead_of_the_last_append_forget_no_id()
    {
        var later = Start + TimeSpan.FromDays(400);
        var snapshot = new PartitionSnapshot(2, Start, 1, [], [new IdRun(1, Start, new byte[16])]) with { Clock = later.Hour.End };
        var partition = new Partition(
            Web, 1, new Limits(), () => new TestEvent.Validator(), snapshot, later, [], seed: 1);
        Offer(partition, later, 2);
        var append = partition.BeginAppend()!.Encode();
        Assert.Equal((1, later.Hour.End), (append.ForgetIdsBelow, append.Clock));
    }

    [Fact]
    public void Ids_that_are_old_are_forgotten()
    {
        var limits = new Limits { DedupeAgeMax = TimeSpan.FromHours(1) };
        var partition = WithOneBlock(limits, Start);
        for (var now = Start; now <= Start + limits.DedupeAgeMax; now += limits.SealAge)
        {
            if (partition.BeginSeal(now, drain: true) is not null)
                partition.CompleteSeal(JournalResult.Committed);
        }

        Offer(partition, Start + limits.DedupeAgeMax + Millisecond, 2);
        Assert.Equal(2, partition.BeginAppend()!.Encode().ForgetIdsBelow);
    }

    [Fact]
    public void A_batch_is_sealed_by_a_drain()
    {
        var partition = WithOneBlock(new Limits(), Start);
        Assert.Equal(SealReason.Drain, partition.BeginSeal(Start, drain: true)?.Batch.Reason);
    }

    [Fact]
    public void An_event_that_was_received_before_says_so_and_is_of_the_present_hour()
    {
        var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
        using var batch = new EventBatch();
        batch.Add(new EventEntry
        {
            Id = batch.Append("again"u8),
            IdHash = EventId.Hash("again"u8),
            Payload = batch.Append("{}"u8),
            ReceivedAt = (Start - TimeSpan.FromDays(2)).UnixMilliseconds,
            Collector = batch.Append("""{"node":"n0"}"""u8),
        });
        partition.Offer(batch, 1, Start, new Request.Sending(new Request([], (_, _) => { })));
        var append = partition.BeginAppend()!.Encode();
        var block = Assert.Single(append.Blocks);
        Assert.Equal((Start.Hour, Start), (block.Hour, block.Received));
        Assert.Equal((Start.Hour, Start), (Assert.Single(append.Counts).Hour, append.Clock));
        var line = Assert.Single(Gzip.Lines(block.Body));
        Assert.Equal(Start - TimeSpan.FromDays(2), LakeLine.Parse(line, LakeStream.Good).Received);
        Assert.Contains("\"collector\":{\"node\":\"n0\"}", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Long_originals_come_back_whole()
    {
        // Longer than what is escaped at a time, with characters of every length across each boundary.
        string[] characters = ["a", "é", "€", "😀", "\u0001"];
        var text = string.Concat(Enumerable.Range(0, 20_000).Select(i => characters[i % characters.Length]));
        foreach (var shift in Enumerable.Range(0, 4))
        {
            var original = new string('x', shift) + text;
            var partition = PartitionOf(new Limits(), PartitionSnapshot.Empty, []);
            using var batch = new EventBatch();
            batch.Add(new EventEntry
            {
                Id = batch.Append("long"u8),
                IdHash = EventId.Hash("long"u8),
                Payload = batch.Append(Encoding.UTF8.GetBytes(original)),
                Kind = PayloadKind.Text,
                Errors = [new EventError("", EventRules.NotJson, "text")],
            });
            partition.Offer(batch, 1, Start, new Request.Sending(new Request([], (_, _) => { })));
            var block = Assert.Single(partition.BeginAppend()!.Encode().Blocks);
            var line = LakeLine.Parse(Assert.Single(Gzip.Lines(block.Body)), LakeStream.Quarantine);
            Assert.Equal(original, Encoding.UTF8.GetString(line.Original));
        }
    }

    [Fact]
    public void What_is_compressed_ahead_is_worth_appending_once_nothing_is_in_flight()
    {
        var partition = PartitionOf(new Limits { CompressAheadLineBytes = 1 }, PartitionSnapshot.Empty, []);
        Offer(partition, Start, 1);
        var append = partition.BeginAppend()!.Encode();
        Offer(partition, Start, 2);
        partition.BeginCompression()!();
        Assert.False(partition.HasFullBlock);

        partition.CompleteAppend(append, JournalResult.Committed);

        Assert.True(partition.HasFullBlock);
        Assert.Equal(2, Assert.Single(partition.BeginAppend()!.Encode().Blocks).Seq);
        Assert.False(partition.HasFullBlock);
    }

    [Fact]
    public void What_is_compressed_ahead_is_appended_once_and_in_order()
    {
        var partition = PartitionOf(new Limits { CompressAheadLineBytes = 1 }, PartitionSnapshot.Empty, []);
        Assert.False(partition.HasFullBlock);
        Offer(partition, Start, 1);
        Assert.True(partition.HasFullBlock);
        Assert.Null(partition.BeginCompression());
        var append = partition.BeginAppend()!.Encode();
        Assert.False(partition.HasFullBlock);
        Offer(partition, Start, 2);
        Assert.True(partition.HasFullBlock);
        partition.BeginCompression()!();
        Assert.False(partition.HasFullBlock);
        Offer(partition, Start, 7);
        var late = partition.BeginCompression()!;
        Assert.Null(partition.BeginCompression());
        Offer(partition, Start, 8);
        partition.CompleteAppend(append, JournalResult.Committed);

        var next = partition.BeginAppend()!.Encode();
        late();
        Assert.Equal([2, 3, 4], next.Blocks.Select(block => block.Seq));
        Assert.Equal(
            new[] { 2, 7, 8 }.Select(number => new TestEvent(number).Id),
            next.Blocks.Select(block => LakeLine.Parse(Assert.Single(Gzip.Lines(block.Body)), block.Stream).Id));
        Assert.All(next.Blocks, block => Assert.Equal(Encoding.UTF8.GetByteCount(Gzip.Lines(block.Body)[0]) + 1, block.LineBytes));
    }

    [Fact]
    public void An_append_is_light_where_nothing_is_compressed()
    {
        var partition = PartitionOf(new Limits { StoreBelowLineBytes = 1 + TestEvent.LineBytesMax }, PartitionSnapshot.Empty, []);
        // One event of each stream, then more than may be stored as they are, then counts alone.
        Offer(partition, Start, 0, 3);
        Assert.All(Commits(isLight: true).Blocks, block => Assert.True(block.Body.Length > block.LineBytes));
        Offer(partition, Start, 7, 14, 21);
        Assert.All(Commits(isLight: false).Blocks, block => Assert.True(block.Body.Length < block.LineBytes));
        Offer(partition, Start, 7);
        Assert.Empty(Commits(isLight: true).Blocks);

        Append Commits(bool isLight)
        {
            var draft = partition.BeginAppend(countsToo: true)!;
            Assert.Equal(isLight, draft.IsLight);
            var append = draft.Encode();
            partition.CompleteAppend(append, JournalResult.Committed);
            return append;
        }
    }

    private static Partition PartitionOf(Limits limits, PartitionSnapshot snapshot, IReadOnlyList<LedgerCounts> carried) =>
        new(Web, 1, limits, () => new TestEvent.Validator(), snapshot, Start, carried, seed: 1);

    private static Partition WithOneBlock(Limits limits, Instant received)
    {
        var partition = PartitionOf(limits, PartitionSnapshot.Empty, []);
        Offer(partition, received, 1);
        partition.CompleteAppend(partition.BeginAppend()!.Encode(), JournalResult.Committed);
        return partition;
    }

    private static Append Commit(Partition partition)
    {
        var append = partition.BeginAppend()!.Encode();
        partition.CompleteAppend(append, JournalResult.Committed);
        return append;
    }

    private static Request.Sending Offer(Partition partition, Instant now, params int[] events) =>
        Offer(partition, partition.PartitionCount, now, events);

    private static Request.Sending Offer(Partition partition, int partitionCount, Instant now, params int[] events)
    {
        var request = new Request([.. events.Select(number => new TestEvent(number))], (_, _) => { });
        var sending = new Request.Sending(request);
        using var batch = sending.ToBatch();
        partition.Offer(batch, partitionCount, now, sending);
        return sending;
    }
}

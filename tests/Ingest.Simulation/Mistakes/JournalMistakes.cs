using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>Answers while the append is still on its way.</summary>
internal sealed class AcknowledgesEarly(IJournal inner) : JournalDecorator(inner)
{
    public override ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        _ = base.AppendAsync(append, CancellationToken.None).AsTask();
        return ValueTask.FromResult(JournalResult.Committed);
    }
}

/// <summary>What is not known counts as done.</summary>
internal sealed class TakesUnknownForCommitted(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        var result = await base.AppendAsync(append, cancellation);
        return result.Outcome == JournalOutcome.Unknown ? JournalResult.Committed : result;
    }
}

/// <summary>A stale activation tells its clients that all is well.</summary>
internal sealed class TakesFencedForCommitted(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        var result = await base.AppendAsync(append, cancellation);
        return result.Outcome == JournalOutcome.Fenced ? JournalResult.Committed : result;
    }
}

/// <summary>A stale activation writes at whatever seq comes next.</summary>
internal sealed class IgnoresFence(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation)
    {
        var result = await base.AppendAsync(append, cancellation);
        if (result.Outcome != JournalOutcome.Fenced)
            return result;
        PartitionSnapshot present;
        try
        {
            present = await base.ReadPartitionAsync(append.Partition, 0, default, cancellation);
        }
        catch (JournalUnavailableException)
        {
            return result;
        }

        var renumbered = append.Blocks.Select((block, i) => block with { Seq = present.NextSeq + i }).ToList();
        return await base.AppendAsync(
            append with { FirstSeq = present.NextSeq, ForgetIdsBelow = long.MinValue, PartitionCount = present.PartitionCount, Blocks = renumbered },
            cancellation);
    }
}

/// <summary>Nobody looks for blocks that a dead process left, or a late append.</summary>
internal sealed class OverlooksUnsealed(IJournal inner) : JournalDecorator(inner)
{
    public override ValueTask<IReadOnlyList<PartitionId>> ReadUnsealedPartitionsAsync(
        Lane lane, Instant receivedBefore, CancellationToken cancellation) => ValueTask.FromResult<IReadOnlyList<PartitionId>>([]);
}

/// <summary>The journal drops ids that are still in the window.</summary>
internal sealed class ForgetsIdsEarly(IJournal inner) : JournalDecorator(inner)
{
    public override ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation) =>
        base.AppendAsync(append with { ForgetIdsBelow = append.FirstSeq }, cancellation);
}

/// <summary>New partitions begin with an empty window.</summary>
internal sealed class ForgetsIdsAtSplit(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation)
    {
        var snapshot = await base.ReadPartitionAsync(partition, idsMax, idsSince, cancellation);
        return snapshot with { Ids = [.. snapshot.Ids.Where(run => run.FirstSeq > 0)] };
    }
}

/// <summary>Each activation trusts its own wall clock.</summary>
internal sealed class ForgetsClock(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<PartitionSnapshot> ReadPartitionAsync(
        PartitionId partition, int idsMax, Instant idsSince, CancellationToken cancellation) =>
        await base.ReadPartitionAsync(partition, idsMax, idsSince, cancellation) with { Clock = default };
}

/// <summary>The ledger is written apart from the blocks, and sometimes not at all.</summary>
internal sealed class ForgetsCounts(IJournal inner) : JournalDecorator(inner)
{
    private int _appends;

    public override ValueTask<JournalResult> AppendAsync(Append append, CancellationToken cancellation) =>
        base.AppendAsync(++_appends % 8 == 0 ? append with { Counts = [] } : append, cancellation);
}

/// <summary>A batch is dropped from the journal before it was put.</summary>
internal sealed class ConfirmsAtSeal(IJournal inner) : JournalDecorator(inner)
{
    public override async ValueTask<JournalResult> SealAsync(Seal seal, CancellationToken cancellation)
    {
        var result = await base.SealAsync(seal, cancellation);
        if (result.Outcome == JournalOutcome.Committed)
        {
            var claim = new ShippedObject(LakeLayout.KeyOf(seal.Batch, Id), seal.Batch.BodyBytes, new string('0', 64), seal.Batch.SealedAt);
            await ConfirmAsync(seal.Batch.Id, claim, cancellation);
        }

        return result;
    }
}

/// <summary>Hours are said to be closed, and nothing keeps appends out of them.</summary>
internal sealed class ClosesInNameOnly(IJournal inner) : JournalDecorator(inner)
{
    private LakeHour? _closed;

    public override ValueTask<JournalResult> CloseHourAsync(LakeHour hour, CancellationToken cancellation)
    {
        _closed = hour;
        return ValueTask.FromResult(JournalResult.Committed);
    }

    public override ValueTask<LakeHour?> ReadClosedHourAsync(CancellationToken cancellation) => ValueTask.FromResult(_closed);
}

using System.Globalization;
using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <param name="seal">What to seal.</param>
internal sealed class SealWrite(Seal seal) : ShippingWrite(seal.Batch.Partition)
{
    public Batch Batch => seal.Batch;

    public override long Bytes => seal.MergedBody?.Length ?? 0;

    /// <summary>What it decides by is read before the group changes anything.</summary>
    public override bool IsOnlyOne => true;

    /// <summary>What the generations hold of the stream's unsealed blocks; empty where the partition has none. Set before <see cref="Execute"/>.</summary>
    public UnsealedBlocks Found { get; set; }

    public override JournalResult Execute(Group group)
    {
        var row = group.Find(Partition);
        var run = row?.Unsealed(Batch.Stream) ?? default;
        var (taken, rest) = (Found.Taken, Found.Rest);
        if (taken.Blocks + rest.Blocks != run.Blocks || taken.Events + rest.Events != run.Events)
        {
            // Refused, so that nothing is sealed over the loss, and the neighbours go on.
            var damage = Damage.Row(
                "blocks_N",
                $"partition {Partition} (id {row?.Key}), {Batch.Stream}, after seq {run.SealedTo}",
                string.Create(CultureInfo.InvariantCulture, $"it holds {taken.Blocks + rest.Blocks} unsealed blocks with {taken.Events + rest.Events} events, but {run.Blocks} with {run.Events} were written"));
            return new JournalResult(JournalOutcome.Refused, damage.Message);
        }

        var rule = new SealRule(seal);
        rule.Add(taken);
        if (rule.Violation() is { } violation)
            return JournalMessages.Fenced(Batch, violation);

        var pending = new SealedBatch(row!.Key, Batch, taken.Received, 0, Found.FirstGeneration, Found.LastGeneration);
        if (seal.MergedBody is { } merged)
        {
            var pieces = AddPieces(group, row.Key, taken.Received, merged);
            pending = pending with { Pieces = pieces, FirstGeneration = group.Open.Blocks, LastGeneration = group.Open.Blocks };
        }

        group.Sealed.Add(pending);
        var left = new StreamRun(Batch.ToSeq, rest.Blocks, rest.Events, rest.BodyBytes, rest.Received, Found.RestGeneration);
        group.Set(row.With(Batch.Stream, left) with { Pending = row.Pending.Plus(Batch) });
        return JournalResult.Committed;
    }

    /// <summary>The merged body takes the place of the blocks' bodies, in pieces. The blocks stay where they are until their generation goes.</summary>
    private short AddPieces(Group group, int partition, Instant received, ReadOnlyMemory<byte> merged)
    {
        short pieces = 0;
        for (var rest = merged; !rest.IsEmpty;)
        {
            var piece = rest[..Math.Min(rest.Length, BlockRow.PieceBytesMax)];
            var crc = new Crc32C();
            crc.Add(piece.Span);
            var info = new BlockInfo(Batch.FromSeq, Batch.Stream, Batch.Hour, 0, 0, piece.Length, received);
            group.Pieces.Add(BlockRow.Of(partition, checked(++pieces), info, crc, piece));
            rest = rest[piece.Length..];
        }

        return pieces;
    }
}

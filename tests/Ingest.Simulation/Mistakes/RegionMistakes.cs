using System.Buffers;
using Ingest.Engine;
using Ingest.Regions;

namespace Ingest.Simulation;

/// <summary>A chunk counts as delivered once it is sent, so its object leaves before the answer.</summary>
internal sealed class DeletesBeforeAnswer() : Mistake("deletes a relay object before the answer")
{
    public override bool IsOfRegions => true;

    public override IRelayLink Wrap(IRelayLink link, SimProcess process) => new Hasty(link, process);

    private sealed class Hasty(IRelayLink inner, SimProcess process) : IRelayLink
    {
        public string Description => inner.Description;

        public ValueTask<RelayAnswer> DeliverAsync(RelayChunk chunk, CancellationToken cancellation)
        {
            var sent = chunk with { Bytes = chunk.Bytes.ToArray() };
            process.Start(async () => await inner.DeliverAsync(sent, CancellationToken.None));
            return ValueTask.FromResult(new RelayAnswer(RelayOutcome.Stored, Accepted: chunk.Lines));
        }
    }
}

/// <summary>An object is remembered as delivered while its events are on their way to the journal.</summary>
internal sealed class RecordsBeforeCommit() : Mistake("records a delivery before its events are committed")
{
    public override bool IsOfRegions => true;

    public override IIntake WrapRelayed(IIntake intake, SimProcess process) => new Hasty(intake, process);

    private sealed class Hasty(IIntake inner, SimProcess process) : IIntake
    {
        public ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
        {
            var buffer = new ArrayBufferWriter<byte>();
            EventBatchCodec.Write(batch, buffer);
            process.Start(() => OfferAsync(source, buffer.WrittenMemory));
            return ValueTask.FromResult(new IntakeResult(IntakeOutcome.Stored, Accepted: batch.Events.Length));
        }

        private async Task OfferAsync(string source, ReadOnlyMemory<byte> bytes)
        {
            using var copy = Read(bytes.Span);
            await inner.AcceptAsync(source, copy);
        }

        private static EventBatch Read(ReadOnlySpan<byte> bytes) => EventBatchCodec.Read(ref bytes);
    }
}

/// <summary>A watcher believes its own eyes alone, also where only the line between the regions is cut: both move.</summary>
internal sealed class WatchesAlone() : Mistake("a watcher moves traffic without a witness")
{
    public override bool IsOfRegions => true;

    public override LeverReading Witness(LeverReading reading, string other, Probe probe)
    {
        var health = reading.Health.ToDictionary(StringComparer.Ordinal);
        health[other] = probe.IsReady ? VantageHealth.Up : VantageHealth.Down;
        return reading with { Health = health };
    }
}

/// <summary>The primary does not look whether it has an object already.</summary>
internal sealed class ForgetsDelivered(IJournal inner) : JournalDecorator(inner)
{
    public override ValueTask<bool> WasRelayedAsync(string region, string key, string sha256, CancellationToken cancellation) =>
        ValueTask.FromResult(false);
}

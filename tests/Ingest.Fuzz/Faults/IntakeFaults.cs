using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>A mistake in what the collector hands over.</summary>
internal sealed class IntakeFault(string name, string target, Action<EventBatch, EventBatch> copy) : PlantedFault(name, target)
{
    public override IIntake Wrap(IIntake intake) => new Changed(intake, copy);

    private sealed class Changed(IIntake inner, Action<EventBatch, EventBatch> copy) : IIntake
    {
        public async ValueTask<IntakeResult> AcceptAsync(string source, EventBatch batch)
        {
            using var changed = new EventBatch(batch.Bytes.Length);
            changed.Append(batch.Bytes);
            changed.Collector = batch.Collector;
            foreach (ref readonly var check in batch.Checks)
                changed.Add(check);
            copy(batch, changed);
            return await inner.AcceptAsync(source, changed);
        }
    }
}

/// <summary>What such a mistake makes of a batch: adds its events to another one.</summary>
internal static class IntakeFaults
{
    private const int LevelBytes = 64 << 10;

    public static void DropLastByte(EventBatch batch, EventBatch changed)
    {
        foreach (var entry in batch.Events)
        {
            var shorter = entry;
            if (entry.Kind != PayloadKind.Json)
                shorter.Payload = entry.Payload with { Length = Math.Max(0, entry.Payload.Length - 1) };
            changed.Add(shorter);
        }
    }

    public static void SwallowOne(EventBatch batch, EventBatch changed)
    {
        for (var i = 0; i < batch.Events.Length; i++)
        {
            if (i != 2)
                changed.Add(batch.Events[i]);
        }
    }

    public static void IgnoreBroken(EventBatch batch, EventBatch changed)
    {
        foreach (var entry in batch.Events)
        {
            if (entry.Kind == PayloadKind.Json || batch.Events.Length == 1)
                changed.Add(entry);
        }
    }

    public static void SameId(EventBatch batch, EventBatch changed)
    {
        for (var i = 0; i < batch.Events.Length; i++)
        {
            var entry = batch.Events[i];
            if (i % 3 == 2)
                entry.IdHash = 0;
            changed.Add(entry);
        }
    }

    public static void AllocateByDepth(EventBatch batch, EventBatch changed)
    {
        foreach (var entry in batch.Events)
        {
            var levels = batch[entry.Payload].Count((byte)'[');
            GC.KeepAlive(Enumerable.Range(0, levels).Select(_ => new byte[LevelBytes]).ToList());
            changed.Add(entry);
        }
    }

    public static void ThrowAtHalfPair(EventBatch batch, EventBatch changed)
    {
        foreach (var entry in batch.Events)
        {
            if (batch[entry.Payload].IndexOf("\\udc00\\ud800"u8) >= 0)
                throw new InvalidOperationException("half a surrogate pair");
            changed.Add(entry);
        }
    }
}

using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>A mistake in how a batch is read from the wire.</summary>
internal sealed class CodecFault(string name, CodecFault.Reader read) : PlantedFault(name, "codec")
{
    public delegate EventBatch Reader(ref ReadOnlySpan<byte> wire);

    public override EventBatch Read(ref ReadOnlySpan<byte> wire) => read(ref wire);
}

/// <summary>How such a mistake reads.</summary>
internal static class CodecFaults
{
    public static EventBatch LoseChecks(ref ReadOnlySpan<byte> wire)
    {
        using var batch = EventBatchCodec.Read(ref wire);
        var changed = new EventBatch(batch.Bytes.Length);
        changed.Append(batch.Bytes);
        changed.Collector = batch.Collector;
        for (var i = 0; i < batch.Events.Length; i++)
            changed.Add(batch.Events[i] with { FirstCheck = 0, CheckCount = 0 });
        return changed;
    }

    public static EventBatch BelieveLength(ref ReadOnlySpan<byte> wire)
    {
        // Takes the first number, which says how many bytes follow, and makes room for them before it looks.
        if (wire.Length > 5)
            GC.KeepAlive(new byte[(wire[1] | (wire[2] << 8) | (wire[3] << 16)) & 0x3FFFFF]);
        return EventBatchCodec.Read(ref wire);
    }
}

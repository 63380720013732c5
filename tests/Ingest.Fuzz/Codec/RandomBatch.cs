using System.Buffers;
using System.Text;
using Ingest.Engine;

namespace Ingest.Fuzz;

/// <summary>Batches of every shape, and how they are written.</summary>
internal static class RandomBatch
{
    private static readonly string[] Texts = ["", "/a~1b/0", "iglu:com.acme/signup/jsonschema/1-0-0#/type", "grün €😀", "\0\n"];

    private static readonly long[] Times = [EventEntry.NoTime, 0, -1, 1_795_000_000_123, long.MaxValue, long.MinValue + 1];

    public static byte[] Write(Chance chance)
    {
        using var batch = Make(chance);
        return Write(batch);
    }

    public static byte[] Write(EventBatch batch)
    {
        var writer = new ArrayBufferWriter<byte>();
        EventBatchCodec.Write(batch, writer);
        return writer.WrittenSpan.ToArray();
    }

    private static EventBatch Make(Chance chance)
    {
        var batch = new EventBatch();
        // Large and hardly referred to, now and then: then it is written packed.
        var body = new byte[chance.OneIn(20) ? 5_000 : chance.Skewed(300)];
        foreach (ref var b in body.AsSpan(0, Math.Min(body.Length, 300)))
            b = chance.Byte();
        batch.Append(body);
        batch.Collector = Slice(chance, batch);
        for (var events = chance.Skewed(6); events > 0; events--)
            AddEvent(chance, batch);
        return batch;
    }

    private static void AddEvent(Chance chance, EventBatch batch)
    {
        var kind = chance.Of(PayloadKind.Json, PayloadKind.Json, PayloadKind.Text, PayloadKind.Binary);
        var entry = new EventEntry
        {
            IdHash = new UInt128(chance.Byte(), chance.Byte()),
            Id = batch.Append("id"u8),
            Name = Slice(chance, batch),
            Schema = Slice(chance, batch),
            Payload = Slice(chance, batch),
            OccurredAt = chance.OfList(Times),
            SentAt = chance.OfList(Times),
            TrueAt = chance.OfList(Times),
            ReceivedAt = chance.OneIn(3) ? chance.OfList(Times) : EventEntry.NoTime,
            Collector = chance.OneIn(4) ? Slice(chance, batch) : default,
            Kind = kind,
            FirstCheck = batch.CheckCount,
        };
        for (var checks = chance.Skewed(3); checks > 0; checks--)
            batch.Add(new SchemaCheck(Slice(chance, batch), Slice(chance, batch), chance.OfList(Texts)));
        entry.CheckCount = batch.CheckCount - entry.FirstCheck;
        for (var errors = chance.Skewed(3) + (kind == PayloadKind.Json ? 0 : 1); errors > 0; errors--)
            (entry.Errors ??= []).Add(new EventError(chance.OfList(Texts), chance.OfList(Texts), chance.OfList(Texts)));
        batch.Add(entry);
    }

    private static Slice Slice(Chance chance, EventBatch batch)
    {
        if (chance.OneIn(4))
            return batch.Append(Encoding.UTF8.GetBytes(chance.OfList(Texts)));
        var offset = chance.Next(batch.Bytes.Length + 1);
        return new Slice(offset, chance.Skewed(batch.Bytes.Length - offset));
    }
}

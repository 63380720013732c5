using System.Buffers;
using System.Text;

namespace Ingest.Engine;

public static class EventBatchCodec
{
    public static void Write(EventBatch batch, IBufferWriter<byte> output)
    {
        using var stream = new MemoryStream();
        using var w = new BinaryWriter(stream);
        w.Write(batch.Bytes.Length);
        w.Write(batch.Bytes);
        W(batch.Collector);
        w.Write(batch.Checks.Length);
        foreach (var c in batch.Checks)
        {
            W(c.Schema);
            W(c.Instance);
            w.Write(c.Where);
        }

        w.Write(batch.Events.Length);
        foreach (var e in batch.Events)
        {
            W(e.Id);
            w.Write((ulong)(e.IdHash >> 64));
            w.Write((ulong)e.IdHash);
            W(e.Name);
            W(e.Schema);
            w.Write(e.OccurredAt);
            w.Write(e.SentAt);
            w.Write(e.TrueAt);
            W(e.Payload);
            w.Write((byte)e.Kind);
            w.Write(e.FirstCheck);
            w.Write(e.CheckCount);
            w.Write(e.Errors?.Count ?? 0);
            foreach (var error in e.Errors ?? [])
            {
                w.Write(error.Where);
                w.Write(error.Rule);
                w.Write(error.Found);
            }
        }

        w.Flush();
        output.Write(stream.ToArray());
        void W(Slice s)
        {
            w.Write(s.Offset);
            w.Write(s.Length);
        }
    }

    public static void ReadAll(ReadOnlySpan<byte> bytes, int count, List<EventBatch> into)
    {
        using var r = new BinaryReader(new MemoryStream(bytes.ToArray()));
        for (var i = 0; i < count; i++)
        {
            var batch = new EventBatch();
            into.Add(batch);
            batch.Append(r.ReadBytes(r.ReadInt32()));
            batch.Collector = R();
            for (var n = r.ReadInt32(); n > 0; n--)
                batch.Add(new SchemaCheck(R(), R(), r.ReadString()));
            for (var n = r.ReadInt32(); n > 0; n--)
            {
                var e = new EventEntry { Id = R(), IdHash = new UInt128(r.ReadUInt64(), r.ReadUInt64()), Name = R(), Schema = R(), OccurredAt = r.ReadInt64(), SentAt = r.ReadInt64(), TrueAt = r.ReadInt64(), Payload = R(), Kind = (PayloadKind)r.ReadByte(), FirstCheck = r.ReadInt32(), CheckCount = r.ReadInt32() };
                for (var m = r.ReadInt32(); m > 0; m--)
                    (e.Errors ??= []).Add(new EventError(r.ReadString(), r.ReadString(), r.ReadString()));
                batch.Add(e);
            }
        }

        Slice R() => new(r.ReadInt32(), r.ReadInt32());
    }
}

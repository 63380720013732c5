using System.Buffers;

namespace Ingest.Engine;

/// <summary>
/// The wire form of an <see cref="EventBatch"/>, for calls between processes: compact, read in one pass, and believed in
/// nothing. Several may stand one after the other.
/// </summary>
/// <remarks>
/// <para>Version 2, in this order: the version (1 byte); the bytes (their number, then themselves); the collector; the
/// number of events; the events. An event: flags (<see cref="EventFlags"/>); the 16 bytes of its id's hash; id, name,
/// schema and payload; the times that it has; where the flags say so, its first receipt (the time, and its own
/// collector), its checks (their number, and of each the schema,
/// the instance and where) and its errors (their number, and of each where, rule and what was found).</para>
/// <para>Numbers are varints (7 bits a byte, the lowest first), times zigzag varints of milliseconds, the hash is
/// little-endian. A slice is its length and, where that is not 0, its offset within the bytes. Text is its length in bytes
/// and UTF-8. Empty slices lose their offset, which says nothing.</para>
/// <para>Version 1 knew no first receipt and is otherwise the same. A batch without any is written so, for processes that
/// are not updated yet.</para>
/// </remarks>
public static class EventBatchCodec
{
    private const byte Version = 2;

    private const byte VersionWithoutFirstReceipt = 1;

    /// <summary>Bytes of an event without anything: flags, hash, an id of one byte, three empty slices.</summary>
    private const int EventBytesMin = 1 + 16 + 2 + 3;

    /// <summary>Bytes of a check or an error without anything: three lengths of 0.</summary>
    private const int PartBytesMin = 3;

    /// <summary>The bits of the flags that are the <see cref="PayloadKind"/>.</summary>
    private const byte KindMask = 0b11;

    [Flags]
    private enum EventFlags : byte
    {
        OccurredAt = 1 << 2,
        SentAt = 1 << 3,
        TrueAt = 1 << 4,
        Checks = 1 << 5,
        Errors = 1 << 6,
        FirstReceipt = 1 << 7,
    }

    /// <summary>
    /// Writes a batch. Its bytes go as they are, in one piece, unless most of them are referred to by nothing: then only
    /// the others go.
    /// </summary>
    /// <param name="batch">The batch; it stays as it is.</param>
    /// <param name="output">Where to.</param>
    /// <param name="received">Written as the first receipt of events that carry none; null to leave them without.</param>
    public static void Write(EventBatch batch, IBufferWriter<byte> output, Instant? received = null)
    {
        var writer = new WireWriter(output);
        var receivedAt = received?.UnixMilliseconds ?? EventEntry.NoTime;
        writer.Byte(receivedAt != EventEntry.NoTime || HasFirstReceipts(batch) ? Version : VersionWithoutFirstReceipt);
        var referenced = ReferencedBytes.WorthPacking(batch);
        if (referenced is null)
        {
            writer.Number(batch.Bytes.Length);
            writer.Bytes(batch.Bytes);
        }
        else
        {
            writer.Number(referenced.Length);
            foreach (var run in referenced.Runs)
                writer.Bytes(batch[run]);
        }

        var slices = new SliceWriter(referenced);
        slices.Write(ref writer, batch.Collector);
        writer.Number(batch.Events.Length);
        foreach (ref readonly var entry in batch.Events)
            Write(ref writer, slices, batch, entry, entry.ReceivedAt == EventEntry.NoTime ? receivedAt : entry.ReceivedAt);
        writer.Flush();
    }

    /// <summary>Reads a batch from the beginning of <paramref name="input"/>, which goes on behind it. The caller disposes the batch.</summary>
    /// <exception cref="InvalidDataException">It is no batch of a known version, or contradicts itself.</exception>
    public static EventBatch Read(ref ReadOnlySpan<byte> input)
    {
        var reader = new WireReader(input);
        var version = reader.Byte();
        if (version is not (Version or VersionWithoutFirstReceipt))
            throw reader.Fault($"version {version} of an event batch is not known");
        var bytes = reader.Bytes(reader.Count(bytesEach: 1));
        var batch = new EventBatch(bytes.Length);
        try
        {
            batch.Append(bytes);
            batch.Collector = reader.Slice(bytes.Length);
            for (var events = reader.Count(EventBytesMin); events > 0; events--)
                ReadEvent(ref reader, batch, bytes.Length, version);
        }
        catch
        {
            batch.Dispose();
            throw;
        }

        input = input[reader.Position..];
        return batch;
    }

    /// <summary>Reads batches that stand one after the other, and nothing else.</summary>
    /// <param name="input">Their bytes.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="into">Receives each once it is read; the caller disposes them, also after a fault.</param>
    /// <exception cref="InvalidDataException">They are not as many, or one is as <see cref="Read"/> refuses it.</exception>
    public static void ReadAll(ReadOnlySpan<byte> input, int count, ICollection<EventBatch> into)
    {
        for (var read = 0; read < count; read++)
            into.Add(Read(ref input));
        if (!input.IsEmpty)
            throw new InvalidDataException($"Event batches: {input.Length} bytes follow the last of {count}.");
    }

    private static bool HasFirstReceipts(EventBatch batch)
    {
        foreach (ref readonly var entry in batch.Events)
        {
            if (entry.ReceivedAt != EventEntry.NoTime || !entry.Collector.IsEmpty)
                return true;
        }

        return false;
    }

    private static void Write(ref WireWriter writer, SliceWriter slices, EventBatch batch, in EventEntry entry, long receivedAt)
    {
        var flags = entry.OccurredAt == EventEntry.NoTime ? default : EventFlags.OccurredAt;
        flags |= entry.SentAt == EventEntry.NoTime ? 0 : EventFlags.SentAt;
        flags |= entry.TrueAt == EventEntry.NoTime ? 0 : EventFlags.TrueAt;
        flags |= entry.CheckCount == 0 ? 0 : EventFlags.Checks;
        flags |= entry.Errors is { Count: > 0 } ? EventFlags.Errors : 0;
        flags |= receivedAt != EventEntry.NoTime || !entry.Collector.IsEmpty ? EventFlags.FirstReceipt : 0;
        writer.Byte((byte)((byte)flags | (byte)entry.Kind));
        writer.Hash(entry.IdHash);
        slices.Write(ref writer, entry.Id);
        slices.Write(ref writer, entry.Name);
        slices.Write(ref writer, entry.Schema);
        slices.Write(ref writer, entry.Payload);
        if (flags.HasFlag(EventFlags.OccurredAt))
            writer.Time(entry.OccurredAt);
        if (flags.HasFlag(EventFlags.SentAt))
            writer.Time(entry.SentAt);
        if (flags.HasFlag(EventFlags.TrueAt))
            writer.Time(entry.TrueAt);
        if (flags.HasFlag(EventFlags.FirstReceipt))
        {
            writer.Time(receivedAt);
            slices.Write(ref writer, entry.Collector);
        }

        if (flags.HasFlag(EventFlags.Checks))
        {
            writer.Number(entry.CheckCount);
            foreach (ref readonly var check in batch.Checks.Slice(entry.FirstCheck, entry.CheckCount))
            {
                slices.Write(ref writer, check.Schema);
                slices.Write(ref writer, check.Instance);
                writer.Text(check.Where);
            }
        }

        if (flags.HasFlag(EventFlags.Errors))
        {
            writer.Number(entry.Errors!.Count);
            foreach (var error in entry.Errors)
            {
                writer.Text(error.Where);
                writer.Text(error.Rule);
                writer.Text(error.Found);
            }
        }
    }

    private static void ReadEvent(ref WireReader reader, EventBatch batch, int bytes, byte version)
    {
        var first = reader.Byte();
        var (flags, kind) = ((EventFlags)(first & ~KindMask), (PayloadKind)(first & KindMask));
        var isKnown = version != VersionWithoutFirstReceipt || !flags.HasFlag(EventFlags.FirstReceipt);
        if (!isKnown || kind > PayloadKind.Binary)
            throw reader.Fault($"the flags {first:X2} of an event mean nothing");
        var entry = new EventEntry
        {
            Kind = kind,
            IdHash = reader.Hash(),
            Id = reader.Slice(bytes),
            Name = reader.Slice(bytes),
            Schema = reader.Slice(bytes),
            Payload = reader.Slice(bytes),
            FirstCheck = batch.CheckCount,
        };
        if (flags.HasFlag(EventFlags.OccurredAt))
            entry.OccurredAt = reader.Time();
        if (flags.HasFlag(EventFlags.SentAt))
            entry.SentAt = reader.Time();
        if (flags.HasFlag(EventFlags.TrueAt))
            entry.TrueAt = reader.Time();
        if (flags.HasFlag(EventFlags.FirstReceipt))
        {
            entry.ReceivedAt = reader.Time();
            entry.Collector = reader.Slice(bytes);
        }

        if (flags.HasFlag(EventFlags.Checks))
        {
            for (var checks = reader.Count(PartBytesMin); checks > 0; checks--)
                batch.Add(new SchemaCheck(reader.Slice(bytes), reader.Slice(bytes), reader.Text()));
            entry.CheckCount = batch.CheckCount - entry.FirstCheck;
        }

        if (flags.HasFlag(EventFlags.Errors))
        {
            var errors = reader.Count(PartBytesMin);
            entry.Errors = new List<EventError>(errors);
            for (; errors > 0; errors--)
                entry.Errors.Add(new EventError(reader.Text(), reader.Text(), reader.Text()));
        }

        if (entry.Id.IsEmpty)
            throw reader.Fault("an event has no id");
        if (kind != PayloadKind.Json && entry.Errors is not { Count: > 0 })
            throw reader.Fault($"an event of kind {kind} has no error");
        batch.Add(entry);
    }

    /// <summary>Writes slices as they are, or as the packed bytes have them.</summary>
    private readonly struct SliceWriter(ReferencedBytes? packed)
    {
        public void Write(ref WireWriter writer, Slice slice)
        {
            writer.Number(slice.Length);
            if (!slice.IsEmpty)
                writer.Number(packed?.OffsetOf(slice) ?? slice.Offset);
        }
    }
}

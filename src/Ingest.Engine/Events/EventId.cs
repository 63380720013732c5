using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Ingest.Engine;

/// <summary>The 128-bit identity of an event id, which is what deduplication remembers.</summary>
public static class EventId
{
    private const int UuidTextLength = 36;

    /// <summary>
    /// The identity of an id: a UUID's own 128 bits (so letter case does not matter), for any other text the first
    /// 128 bits of its SHA-256. Two different ids collide with a chance of about n²/2¹²⁹ among n ids: below 10⁻²⁰ for a
    /// billion.
    /// </summary>
    /// <param name="id">The id as UTF-8, unescaped; not empty.</param>
    public static UInt128 Hash(ReadOnlySpan<byte> id)
    {
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        if (TryParse(id, out var uuid))
            uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        else
            SHA256.HashData(id, bytes);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>
    /// The identity under which a quarantined event is deduplicated when it is replayed: its own stands in the dedupe
    /// window since it came first, and would make every replay a duplicate.
    /// </summary>
    /// <param name="id">The event's own identity.</param>
    public static UInt128 ReplayHash(UInt128 id)
    {
        var prefix = "replay of "u8;
        Span<byte> bytes = stackalloc byte[prefix.Length + 16];
        prefix.CopyTo(bytes);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[prefix.Length..], id);
        return Hash(bytes);
    }

    /// <summary>True where an id is a UUID as text of 36 characters.</summary>
    /// <param name="id">The id as UTF-8, unescaped.</param>
    public static bool IsUuid(ReadOnlySpan<byte> id) => TryParse(id, out _);

    private static bool TryParse(ReadOnlySpan<byte> id, out Guid uuid)
    {
        uuid = default;
        return id.Length == UuidTextLength && Utf8Parser.TryParse(id, out uuid, out var used) && used == UuidTextLength;
    }
}

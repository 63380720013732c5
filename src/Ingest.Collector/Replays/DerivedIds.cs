using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ingest.Collector;

/// <summary>
/// Ids for events without one that are found in a stored line: functions of the line's own id and of their number, so
/// that a replay that is made again meets them.
/// </summary>
/// <param name="line">Identity of the line's id.</param>
internal sealed class DerivedIds(UInt128 line) : IIdSource
{
    private readonly HashSet<UInt128> _given = [];

    public Guid NewEventId()
    {
        var prefix = "event of "u8;
        Span<byte> text = stackalloc byte[prefix.Length + 20];
        prefix.CopyTo(text);
        BinaryPrimitives.WriteUInt128BigEndian(text[prefix.Length..], line);
        BinaryPrimitives.WriteInt32BigEndian(text[(prefix.Length + 16)..], _given.Count);
        Span<byte> id = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, id);
        // Version 8 of the standard: the bits are ours.
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        _given.Add(BinaryPrimitives.ReadUInt128BigEndian(id));
        return new Guid(id[..16], bigEndian: true);
    }

    public Guid NewNetworkId() => throw new NotSupportedException("a stored line has its network id already");

    /// <summary>True for the identity of an id that came from here.</summary>
    public bool Gave(UInt128 id) => _given.Contains(id);
}

using System.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Ingest.Collector;

/// <summary>
/// The blocks into which Kestrel receives: a batch of a tracker fits into one, so that a request is mostly there after one
/// call of the system. In the usual 4 KiB it comes in pieces, each with a call, a wake-up and a timer of its own. A
/// connection without bytes under way holds none.
/// </summary>
internal sealed class ReceiveBuffers : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>Bytes of a block, 16 KiB: 320 MiB where all of <see cref="CollectorLimits.ConnectionsMax"/> are slow in both directions.</summary>
    private const int BlockBytes = 16 << 10;

    public override int MaxBufferSize => BlockBytes;

    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <param name="minBufferSize">At most <see cref="MaxBufferSize"/>; the block is always of that size.</param>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => Shared.Rent(Math.Max(BlockBytes, minBufferSize));

    protected override void Dispose(bool disposing)
    {
        // The arrays are those of the runtime's shared pool, which gives memory back by itself.
    }
}

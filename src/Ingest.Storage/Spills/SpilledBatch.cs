using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>A request that waits in a spill, read back and verified.</summary>
/// <param name="Position">Its place in the order in which requests came.</param>
/// <param name="Source">The source's name.</param>
/// <param name="Batch">The events, with the time of their first receipt.</param>
/// <param name="Bytes">Bytes that it takes in the spill.</param>
public sealed record SpilledBatch(long Position, string Source, EventBatch Batch, int Bytes) : IDisposable
{
    public void Dispose() => Batch.Dispose();
}

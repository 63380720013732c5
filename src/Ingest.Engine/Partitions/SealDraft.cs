namespace Ingest.Engine;

/// <summary>A batch that a partition wants to close.</summary>
/// <param name="Batch">The batch; <see cref="Batch.BodyBytes"/> is the sum of its blocks' bodies.</param>
/// <param name="Merge">
/// True where its members are so small that the host should merge them first: read the blocks, <see
/// cref="GzipMember.MergeAsync"/>, and seal with <see cref="Merged"/>.
/// </param>
public sealed record SealDraft(Batch Batch, bool Merge)
{
    public Seal AsStored() => new(Batch, null);

    public Seal Merged(byte[] body) => new(Batch with { BodyBytes = body.Length }, body);
}

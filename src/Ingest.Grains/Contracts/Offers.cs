using Ingest.Engine;

namespace Ingest.Grains;

/// <summary>What one frontend has for one partition.</summary>
/// <param name="PartitionCount">Number of partitions by which the frontend chose this one.</param>
/// <param name="Batches">Number of batches in <paramref name="Bytes"/>, at least 1.</param>
/// <param name="Bytes">The batches one after the other, in the wire form of <see cref="EventBatchCodec"/>.</param>
[GenerateSerializer, Immutable, Alias("ingest.offer")]
public sealed record OfferRequest(
    [property: Id(0)] int PartitionCount, [property: Id(1)] int Batches, [property: Id(2)] ReadOnlyMemory<byte> Bytes);

/// <summary>What became of each batch, in the order of the request.</summary>
[GenerateSerializer, Immutable, Alias("ingest.offered")]
public sealed record OfferReply([property: Id(0)] OfferResult[] Results);

/// <summary>An <see cref="IntakeResult"/> between processes.</summary>
[GenerateSerializer, Immutable, Alias("ingest.result")]
public readonly record struct OfferResult(
    [property: Id(0)] byte Outcome,
    [property: Id(1)] int Accepted,
    [property: Id(2)] int Quarantined,
    [property: Id(3)] int Duplicates,
    [property: Id(4)] string? Reason,
    [property: Id(5)] int PartitionCount,
    [property: Id(6)] byte Fault)
{
    public static OfferResult Of(in IntakeResult result) => new(
        (byte)result.Outcome, result.Accepted, result.Quarantined, result.Duplicates, result.Reason, result.PartitionCount,
        (byte)result.Fault);

    public IntakeResult ToIntake() =>
        new((IntakeOutcome)Outcome, Accepted, Quarantined, Duplicates, Reason, PartitionCount, (IntakeFault)Fault);
}

using Ingest.Engine;
using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>Ships the batches of one lane; its key is the lane's number. One activation in the cluster, woken by a reminder.</summary>
[Alias("ingest.shipper")]
public interface IShipperGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the lane ships, and that its reminder is there.</summary>
    [Alias("ensure")]
    Task EnsureAsync();

    /// <summary>Something was sealed. May get lost: the lane looks by itself once a minute.</summary>
    [AlwaysInterleave, Alias("notice")]
    Task NoticeAsync();

    /// <summary>What an operator sees of the lane.</summary>
    [AlwaysInterleave, Alias("report")]
    Task<LaneReport> ReportAsync(CancellationToken cancellation);
}

/// <summary>What an operator sees of one lane. Fields as in <see cref="ShippingReport"/>.</summary>
/// <param name="Silo">Name of the silo that it ships from.</param>
[GenerateSerializer, Immutable, Alias("ingest.lane")]
public sealed record LaneReport(
    [property: Id(0)] int Lane,
    [property: Id(1)] string Silo,
    [property: Id(2)] string Breaker,
    [property: Id(3)] long? BreakerSince,
    [property: Id(4)] long? LastSuccess,
    [property: Id(5)] long? LastFailure,
    [property: Id(6)] string? LastFailureDetail,
    [property: Id(7)] int InFlight,
    [property: Id(8)] string[] SetAside);

using Orleans.Concurrency;

namespace Ingest.Grains;

/// <summary>One partition; its key is <c>source/n</c>. Hosts a partition of the engine where Orleans placed it.</summary>
[Alias("ingest.partition")]
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Takes what arrived at one frontend for this partition, and answers once each batch is durable or surely not.
    /// Interleaves: many calls wait for one commit.
    /// </summary>
    /// <param name="request">The batches.</param>
    /// <param name="cancellation">The caller gave up; what is on its way to the journal stays on its way.</param>
    [AlwaysInterleave, Alias("offer")]
    Task<OfferReply> OfferAsync(OfferRequest request, CancellationToken cancellation);

    /// <summary>Says that the journal holds blocks of this partition in no batch, which nobody seems to seal.</summary>
    [AlwaysInterleave, Alias("wake")]
    Task WakeAsync();
}

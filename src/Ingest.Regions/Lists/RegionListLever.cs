using Ingest.Engine;

namespace Ingest.Regions;

/// <summary>
/// The signed region list alone as the lever, for clients that read it. A change is a new version in this region's lake; the
/// other regions take it over from there. Nothing is between clients and regions that could be a witness.
/// </summary>
/// <param name="plan">The regions.</param>
/// <param name="fetcher">Asks them for their lists.</param>
/// <param name="writing">Signs and stores; null where lists are only read.</param>
/// <param name="time">Stamps them.</param>
public sealed class RegionListLever(RegionPlan plan, ListFetcher fetcher, RegionListLever.Writing? writing, TimeProvider time) : ILever
{
    /// <summary>What it takes to change the list.</summary>
    /// <param name="Signer">The private key.</param>
    /// <param name="Store">Where new versions go.</param>
    public sealed record Writing(ListSigner Signer, ListStore Store);

    public string Description => $"the signed region list at {SignedRegionList.Path} of each region";

    public async Task<LeverReading> ReadAsync(CancellationToken cancellation) =>
        new(WeightsOf(await NewestAsync(cancellation)), new Dictionary<string, VantageHealth>(StringComparer.Ordinal));

    public async Task<string> PreviewAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation) =>
        System.Text.Json.JsonSerializer.Serialize(Next(await NewestAsync(cancellation), wanted), RegionListJson.Default.RegionList);

    public async Task SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation)
    {
        if (writing is null)
            throw new LeverException("The region list can be changed only with its private key (list.privateKey) and a lake (--data or --lake).");
        var newest = await NewestAsync(cancellation);
        if (!WeightsOf(newest).Equals(present))
            throw new LeverMovedException(present, WeightsOf(newest));
        var result = await writing.Store.PutAsync(writing.Signer.Sign(Next(newest, wanted)), cancellation);
        if (result.Outcome == PutOutcome.Conflict)
            throw new LeverException("Somebody else made the next version of the region list at the same time; look again.");
        if (!result.IsConfirmed)
            throw new LeverException($"The lake did not take the region list: {result.Detail}");
    }

    private async Task<SignedRegionList?> NewestAsync(CancellationToken cancellation)
    {
        var served = await fetcher.NewestAsync(plan.Regions.Select(region => region.Url), cancellation);
        try
        {
            var stored = writing is null ? null : await writing.Store.NewestAsync(served, cancellation);
            return stored ?? served;
        }
        catch (LakeUnavailableException exception)
        {
            throw new LeverException(exception.Message, exception);
        }
    }

    private RegionList Next(SignedRegionList? newest, RegionWeights wanted)
    {
        var now = time.GetUtcNow();
        return new RegionList(
            (newest?.List.Version ?? 0) + 1,
            now,
            now + plan.List!.Lifetime,
            [.. plan.Regions.Select(region => new ListedRegion(region.Name, region.Url, wanted[region.Name]))]);
    }

    /// <summary>The weights of a list; the normal ones before the first list, which clients have in their own settings.</summary>
    private RegionWeights WeightsOf(SignedRegionList? list) => list is null
        ? plan.Normal
        : plan.Normal.With(name => list.List.Regions.FirstOrDefault(region => region.Name == name)?.Weight ?? 0);
}

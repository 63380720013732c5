namespace Ingest.Regions;

/// <summary>Makes the lever that a plan names.</summary>
public static class LeverFactory
{
    /// <param name="plan">The plan.</param>
    /// <param name="fetcher">Asks regions for their list; null where the plan has no list.</param>
    /// <param name="writing">What it takes to change the list; null to read it only.</param>
    /// <param name="time">Stamps lists.</param>
    public static ILever Create(RegionPlan plan, ListFetcher? fetcher, RegionListLever.Writing? writing, TimeProvider time) => plan.Lever switch
    {
        HaProxySettings haproxy => new HaProxyLever(haproxy),
        Route53Settings route53 => new Route53Lever(route53),
        ListLeverSettings => new RegionListLever(plan, fetcher ?? throw new ArgumentNullException(nameof(fetcher)), writing, time),
        _ => throw new ArgumentOutOfRangeException(nameof(plan)),
    };
}

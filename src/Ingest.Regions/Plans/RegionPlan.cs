namespace Ingest.Regions;

/// <summary>What <c>regions.json</c> says: the regions there are, how traffic is divided among them, and who moves it.</summary>
/// <param name="Regions">All regions, in the order of the file.</param>
/// <param name="Lever">The provider.</param>
/// <param name="Failover">When the watcher moves it.</param>
/// <param name="List">The keys of the region list; null where there is none.</param>
public sealed record RegionPlan(IReadOnlyList<RegionPlace> Regions, LeverSettings Lever, WatcherOptions Failover, ListSettings? List)
{
    /// <summary>Name of the file in the configuration folder.</summary>
    public const string FileName = "regions.json";

    /// <summary>The weights while all is well.</summary>
    public RegionWeights Normal { get; } = new(Regions.Select(region => KeyValuePair.Create(region.Name, region.Weight)));

    /// <summary>The regions' names in order.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Regions.Select(region => region.Name)];

    /// <summary>The region that a watcher in another one watches; null where it watches none: there are not exactly two.</summary>
    public RegionPlace? OtherOf(string self) => Regions.Count == 2 ? Regions.FirstOrDefault(region => region.Name != self) : null;
}

/// <summary>A region.</summary>
/// <param name="Name">Its name, as after <c>--region</c>.</param>
/// <param name="Url">Where it can be reached by itself, past the lever.</param>
/// <param name="Weight">Its share while all is well, 1 to 99 percent.</param>
public sealed record RegionPlace(string Name, Uri Url, int Weight);

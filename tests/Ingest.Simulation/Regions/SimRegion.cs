using Ingest.Engine;

namespace Ingest.Simulation;

/// <summary>The place of a world among two regions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="FirstRole">What it is until somebody promotes it.</param>
/// <param name="Rules">What the rules of the two know of each other.</param>
/// <param name="Both">The two.</param>
internal sealed record SimRegion(string Name, RegionRole FirstRole, RegionRules Rules, TwoRegions Both)
{
    /// <summary>Of the names of its processes, for the trace.</summary>
    public string Prefix => $"{Name}-";
}

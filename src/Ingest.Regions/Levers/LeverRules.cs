using System.Globalization;

namespace Ingest.Regions;

/// <summary>What speaks against a setting that a person wants to make.</summary>
public static class LeverRules
{
    /// <summary>Least share of a region that is live, in percent: a path that is not used is broken when it is needed.</summary>
    public const int LiveShareMin = 5;

    /// <summary>Every objection, one sentence each; empty where there is none. Each can be overruled.</summary>
    /// <param name="present">The present weights.</param>
    /// <param name="wanted">The weights that are wanted.</param>
    /// <param name="health">Each region as the provider's own checks see it.</param>
    /// <param name="probes">How each region answered.</param>
    public static IEnumerable<string> Objections(
        RegionWeights present,
        RegionWeights wanted,
        Func<string, VantageHealth> health,
        IReadOnlyDictionary<string, Probe> probes)
    {
        foreach (var (region, weight) in wanted.All)
        {
            var probe = probes[region];
            if (weight < LiveShareMin && probe.IsReady)
                yield return string.Create(CultureInfo.InvariantCulture, $"{region} is live, and {weight} % would leave its path unused: give it {LiveShareMin} % at least.");
            if (weight <= present[region])
                continue;
            if (!probe.IsReady)
                yield return $"{region} would get more traffic, and cannot store events now: {probe.Why}.";
            else if (health(region) == VantageHealth.Down)
                yield return $"{region} would get more traffic, and the lever's own checks say that it is down.";
        }
    }
}

namespace Ingest.Regions;

/// <summary>
/// What divides clients among regions: a balancer, DNS, or a list that trackers read. It is shared by all regions, and it is
/// the one place that says how traffic is divided.
/// </summary>
public interface ILever
{
    /// <summary>For people: which provider, and where.</summary>
    string Description { get; }

    /// <summary>The present weights, and how the regions look from where traffic is divided.</summary>
    /// <exception cref="LeverException">The provider cannot be read.</exception>
    Task<LeverReading> ReadAsync(CancellationToken cancellation);

    /// <summary>What a change would send to the provider, for people to look at first. Changes nothing.</summary>
    /// <exception cref="LeverException">The provider cannot be read.</exception>
    Task<string> PreviewAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation);

    /// <summary>Changes the weights, where they are still as the caller saw them, and reads them back.</summary>
    /// <param name="present">The weights that the caller saw.</param>
    /// <param name="wanted">Whole percentages that sum to 100.</param>
    /// <param name="cancellation">Stops it; whether the change is made is then not known.</param>
    /// <exception cref="LeverMovedException">They are others now: somebody else moved the lever.</exception>
    /// <exception cref="LeverException">The provider did not do it, or it is not known whether it did.</exception>
    Task SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation);
}

/// <summary>A lever as it was read.</summary>
/// <param name="Weights">The present weights.</param>
/// <param name="Health">Each region as the provider's own checks see it: the witness.</param>
public sealed record LeverReading(RegionWeights Weights, IReadOnlyDictionary<string, VantageHealth> Health)
{
    /// <summary>A region as the provider sees it; unknown where it does not say.</summary>
    public VantageHealth HealthOf(string region) => Health.GetValueOrDefault(region, VantageHealth.Unknown);
}

/// <summary>A region as seen from where traffic is divided.</summary>
public enum VantageHealth
{
    /// <summary>The provider does not check it, or says nothing.</summary>
    Unknown,

    /// <summary>Its checks succeed.</summary>
    Up,

    /// <summary>Its checks fail.</summary>
    Down,
}

/// <summary>The lever cannot be read or moved now, or is not as it is configured.</summary>
public class LeverException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Somebody else moved the lever in the meantime; nothing was changed, or it was changed over again.</summary>
public sealed class LeverMovedException(RegionWeights expected, RegionWeights found)
    : LeverException($"The weights are {found}, not {expected}: somebody else moved them.")
{
    /// <summary>The weights as they were found.</summary>
    public RegionWeights Found { get; } = found;
}

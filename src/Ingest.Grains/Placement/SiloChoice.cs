namespace Ingest.Grains;

/// <summary>
/// Which silo should have a grain: rendezvous hashing. Every silo gives the same answer from the same list; grains are
/// spread evenly; where a silo comes or goes, only the grains of that silo's share move.
/// </summary>
internal static class SiloChoice
{
    /// <summary>The silo for a grain; the order of the silos does not matter.</summary>
    /// <param name="grain">The grain's identity.</param>
    /// <param name="silos">The silos that can have it, at least one.</param>
    public static SiloAddress Of(GrainId grain, IEnumerable<SiloAddress> silos)
    {
        var seed = grain.GetUniformHashCode();
        return silos.MaxBy(silo => (Weight(seed, silo), silo))
            ?? throw new SiloUnavailableException($"No silo can host {grain}.");
    }

    private static ulong Weight(uint grain, SiloAddress silo)
    {
        // Consistent hash codes of silos are stable across processes; mixing makes them independent between grains.
        var mixed = ((ulong)grain << 32) | (uint)silo.GetConsistentHashCode();
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}

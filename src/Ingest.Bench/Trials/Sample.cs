namespace Ingest.Bench;

/// <summary>What one trial brought.</summary>
/// <param name="StartToReady">From the start of the process until it was ready.</param>
/// <param name="Before">What was observed just before <paramref name="Load"/>.</param>
/// <param name="Load">The load that counts.</param>
/// <param name="After">What was observed just after it.</param>
internal sealed record Sample(TimeSpan StartToReady, Observation Before, LoadResult Load, Observation After)
{
    /// <summary>At half the rate of <see cref="Load"/>; null where that was not measured.</summary>
    public LoadResult? HalfLoad { get; init; }

    /// <summary>At the base rate before a spike; null where there is none.</summary>
    public LoadResult? BeforeSpike { get; init; }

    /// <summary>At the base rate after a spike; null where there is none.</summary>
    public LoadResult? AfterSpike { get; init; }

    /// <summary>The difference that <see cref="Load"/> made; null where the subject does not say.</summary>
    public double? Difference(Func<Observation, double?> of) => of(After) - of(Before);

    /// <summary>The same for each event of it that was answered with success; null where there is none.</summary>
    public double? PerEvent(Func<Observation, double?> of) => Load.AllEvents == 0 ? null : Difference(of) / Load.AllEvents;

    /// <summary>The same for each byte of their bodies.</summary>
    public double? PerEventByte(Func<Observation, double?> of) => Load.AllBytes == 0 ? null : Difference(of) / Load.AllBytes;
}

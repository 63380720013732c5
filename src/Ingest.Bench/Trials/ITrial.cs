namespace Ingest.Bench;

/// <summary>A course of loads, and what is observed around it.</summary>
internal interface ITrial
{
    Task<Sample> RunAsync(Generator generator, IRunningSubject subject, TrialTimes times);
}

/// <summary>How long the parts of a trial take.</summary>
/// <param name="WarmUp">Load before anything is counted: a server that has just started compiles its code.</param>
/// <param name="Measure">Measured load.</param>
/// <param name="Spike">The spike of W5.</param>
internal sealed record TrialTimes(TimeSpan WarmUp, TimeSpan Measure, TimeSpan Spike);

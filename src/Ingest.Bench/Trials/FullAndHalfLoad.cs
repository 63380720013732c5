namespace Ingest.Bench;

/// <summary>As fast as the server answers; then, for the times to the answer, at a fixed half of that.</summary>
internal sealed class FullAndHalfLoad : ITrial
{
    public static readonly FullAndHalfLoad Instance = new();

    public async Task<Sample> RunAsync(Generator generator, IRunningSubject subject, TrialTimes times)
    {
        await generator.FullAsync(times.WarmUp);
        var before = await subject.ObserveAsync();
        var full = await generator.FullAsync(times.Measure);
        var sample = new Sample(subject.StartToReady, before, full, await subject.ObserveAsync());
        return full.Events == 0 ? sample : sample with { HalfLoad = await generator.SteadyAsync(full.EventsPerSecond / 2, times.Measure) };
    }
}

namespace Ingest.Bench;

/// <summary>The base rate, a spike, the base rate again: all of them fixed, whatever the server answers.</summary>
internal sealed class SpikeTrial : ITrial
{
    public static readonly SpikeTrial Instance = new();

    public async Task<Sample> RunAsync(Generator generator, IRunningSubject subject, TrialTimes times)
    {
        await generator.FullAsync(times.WarmUp);
        var calm = await generator.SteadyAsync(Spike.BaseEventsPerSecond, times.Measure);
        var before = await subject.ObserveAsync();
        var spike = await generator.SteadyAsync(Spike.Factor * Spike.BaseEventsPerSecond, times.Spike);
        var after = await subject.ObserveAsync();
        return new Sample(subject.StartToReady, before, spike, after)
        {
            BeforeSpike = calm,
            AfterSpike = await generator.SteadyAsync(Spike.BaseEventsPerSecond, times.Measure),
        };
    }
}

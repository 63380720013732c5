using Ingest.Regions;

namespace Ingest.Simulation;

/// <summary>
/// The watcher of a region in a process of its own: looks at the other region and at the lever, either of which it may not see,
/// and moves the lever. Its looks take no time; what it sets may come late, and it may not hear of it.
/// </summary>
/// <param name="both">The regions.</param>
/// <param name="self">Its own.</param>
/// <param name="other">The one that it watches.</param>
internal sealed class SimWatcher(TwoRegions both, World self, World other)
{
    private readonly Watcher _watcher = new(self.Region!.Name, other.Region!.Name, both.Plan.Normal, both.Plan.Watching);
    private TimeSpan? _knowsSince;
    private TimeSpan? _movedAt;

    public SimProcess Process { get; } = new(both.Simulation, $"{self.Region!.Prefix}watch");

    /// <summary>Share of its looks that see nothing of the other region, or of the lever; 0 to 1.</summary>
    public double Blindness { get; set; }

    /// <summary>Starts it.</summary>
    /// <param name="mistake">May cost it its witness.</param>
    public void Start(Mistake mistake) => Process.Start(() => RunAsync(mistake));

    private Chance Chance => both.Simulation.Chance;

    private async Task RunAsync(Mistake mistake)
    {
        while (true)
        {
            var period = both.Plan.Watching.Period;
            await Task.Delay(Chance.Between(period * 0.8, period * 1.2), Process.Clock);
            // Without a process that lives nobody looks.
            if (self.IsReady)
                Look(mistake);
        }
    }

    private void Look(Mistake mistake)
    {
        var probe = Probe();
        var reading = Chance.Happens(Blindness) ? null : mistake.Witness(Read(), other.Region!.Name, probe);
        if (reading is not null)
            _knowsSince ??= both.Simulation.Now;
        var decision = _watcher.Observe(new Observation(both.Simulation.Now, IsSelfReady: true, probe, reading));
        if (decision.Wanted is not { } wanted)
            return;
        both.Simulation.Note(Process.Name, decision.Reason);
        both.Lever.Judge(decision, self, other, _knowsSince, _movedAt);
        if (!Chance.Happens(Blindness))
        {
            if (!both.Lever.Set(decision.Present!, wanted))
                return;
            _movedAt = both.Simulation.Now;
            _watcher.Moved(both.Simulation.Now, wanted);
        }
        else if (Chance.OneIn(2))
            // The answer is lost.
            both.Simulation.Schedule(Process, Chance.Between(TimeSpan.Zero, both.Plan.Watching.Timeout), _ => both.Lever.Set(decision.Present!, wanted), null);
    }

    private Probe Probe()
    {
        if (Chance.Happens(both.Line.Loss) || Chance.Happens(Blindness) || !other.IsAlive)
            return Ingest.Regions.Probe.Unreachable("no answer");
        var automatic = both.Watchers.Single(watcher => watcher != this)._watcher.Automatic;
        return other.IsReady ? new Probe(true, null, automatic) : new Probe(false, "it is not ready", automatic);
    }

    private LeverReading Read() => new(
        both.Lever.Weights,
        new[] { self, other }.ToDictionary(world => world.Region!.Name, both.Lever.HealthOf, StringComparer.Ordinal));
}

namespace Ingest.Simulation;

/// <summary>Runs histories.</summary>
internal static class History
{
    private const int RegionsEvery = 7;

    /// <summary>Runs the history of a seed.</summary>
    /// <param name="seed">Decides on everything.</param>
    /// <param name="mistake">A mistake to be made.</param>
    /// <param name="keepsLines">True where the trace is to be read.</param>
    public static HistoryResult Run(int seed, Mistake? mistake = null, bool keepsLines = false)
    {
        var trace = new Trace(keepsLines);
        var simulation = new Simulation(seed, trace);
        mistake ??= Mistake.None;
        var rules = mistake.IsOfRegions || (mistake == Mistake.None && IsOfRegions(seed))
            ? RunRegions(simulation, mistake)
            : RunAlone(simulation, mistake);
        return new HistoryResult(
            seed,
            simulation.Violation,
            trace,
            simulation.Steps,
            simulation.Now,
            rules.Sum(one => one.AcceptedCount),
            rules.Sum(one => one.ObjectCount),
            rules.Sum(one => one.SpilledCount),
            rules.Sum(one => one.BridgedCount));
    }

    /// <summary>Whether the history of a seed has two regions: such a one takes as long as some others together.</summary>
    private static bool IsOfRegions(int seed) => seed % RegionsEvery == 0;

    private static Rules[] RunAlone(Simulation simulation, Mistake mistake)
    {
        var world = new World(simulation, HistoryPlan.Draw(simulation.Chance), mistake);
        world.Run();
        return [world.Rules];
    }

    private static Rules[] RunRegions(Simulation simulation, Mistake mistake)
    {
        var both = new TwoRegions(simulation, RegionsPlan.Draw(simulation.Chance), mistake);
        both.Run();
        return [both.Primary.Rules, both.Receiver.Rules];
    }
}

/// <summary>How a history ended.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Violation">The first rule that was broken; null where all held.</param>
/// <param name="Trace">What happened.</param>
/// <param name="Steps">Number of steps.</param>
/// <param name="Time">Virtual time that it took.</param>
/// <param name="Accepted">Events accepted.</param>
/// <param name="Objects">Objects in the lake.</param>
/// <param name="Spilled">Requests that were kept on the disk of a silo.</param>
/// <param name="Bridged">Objects that one region delivered to another.</param>
internal sealed record HistoryResult(
    int Seed, Violation? Violation, Trace Trace, long Steps, TimeSpan Time, int Accepted, int Objects, int Spilled, int Bridged);

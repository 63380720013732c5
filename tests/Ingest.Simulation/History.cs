namespace Ingest.Simulation;

/// <summary>Runs histories.</summary>
internal static class History
{
    /// <summary>Runs the history of a seed.</summary>
    /// <param name="seed">Decides on everything.</param>
    /// <param name="mistake">A mistake to be made.</param>
    /// <param name="keepsLines">True where the trace is to be read.</param>
    public static HistoryResult Run(int seed, Mistake? mistake = null, bool keepsLines = false)
    {
        var trace = new Trace(keepsLines);
        var world = new World(seed, mistake ?? Mistake.None, trace);
        world.Run();
        return new HistoryResult(
            seed, world.Simulation.Violation, trace, world.Simulation.Steps, world.Simulation.Now, world.Rules.AcceptedCount, world.Rules.ObjectCount, world.Rules.SpilledCount);
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
internal sealed record HistoryResult(
    int Seed, Violation? Violation, Trace Trace, long Steps, TimeSpan Time, int Accepted, int Objects, int Spilled);

namespace Ingest.Simulation;

/// <summary>What trackers see of a world: one address, whoever answers behind it.</summary>
internal interface IFront
{
    Simulation Simulation { get; }

    /// <summary>Where trackers run.</summary>
    SimProcess Clients { get; }

    /// <summary>Nothing goes wrong any more.</summary>
    bool IsCalm { get; }

    /// <summary>Longest pause between two events of a tracker that has nothing to send.</summary>
    TimeSpan EventPauseMax { get; }

    /// <summary>Makes the next event of a source.</summary>
    SimEvent NextEvent(string source);

    /// <summary>Sends a request.</summary>
    /// <returns>The status; 0 where there is no answer.</returns>
    Task<int> RequestAsync(string source, IReadOnlyList<SimEvent> events, TimeSpan timeout);
}

namespace Ingest.Cli;

/// <summary>When a silo that died is started again: after a pause that doubles, and not for ever.</summary>
internal sealed class RestartPolicy
{
    /// <summary>Deaths in a row, none of which came after <see cref="SteadyAfter"/>, until it is given up.</summary>
    public const int TriesMax = 8;

    /// <summary>Once it ran for so long, what went before is forgotten.</summary>
    public static readonly TimeSpan SteadyAfter = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private int _deaths;

    /// <summary>A silo died.</summary>
    /// <param name="ran">How long it ran.</param>
    /// <returns>The pause before its next start; null to give it up.</returns>
    public TimeSpan? Died(TimeSpan ran)
    {
        _deaths = ran >= SteadyAfter ? 1 : _deaths + 1;
        if (_deaths >= TriesMax)
            return null;
        var pause = PauseMin * Math.Pow(2, _deaths - 1);
        return pause < PauseMax ? pause : PauseMax;
    }
}

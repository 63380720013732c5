namespace Ingest.Bench;

/// <summary>W5: a spike, at rates that are the same for every subject and machine.</summary>
public sealed class Spike : SingleEvents
{
    /// <summary>The usual load: 20,000 events a minute.</summary>
    public const double BaseEventsPerSecond = 20_000 / 60.0;

    /// <summary>How many times that in the spike.</summary>
    public const int Factor = 30;

    public override string Name => "W5";

    public override string About => "a spike of 30 times the base rate (333 to 10,000 events/s) for a minute, one event a request, 256 connections";

    /// <summary>A spike comes over more connections than usual.</summary>
    public override int Connections => 256;

    internal override ITrial Trial => SpikeTrial.Instance;
}

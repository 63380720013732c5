namespace Ingest.Bench;

/// <summary>A figure of one trial.</summary>
internal abstract class Metric
{
    /// <summary>Its name, as in reports.</summary>
    public abstract string Name { get; }

    public abstract string Unit { get; }

    /// <summary>What it says, for people.</summary>
    public abstract string About { get; }

    /// <summary>Its value; null where the trial or the subject has none.</summary>
    public abstract double? Of(Sample sample);
}

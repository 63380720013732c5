namespace Ingest.Bench;

/// <summary>W4: W1 over so many sources that each has next to nothing to commit.</summary>
public sealed class ManySources : SingleEvents
{
    public override string Name => "W4";

    public override string About => "W1 spread at random over 10,000 sources";

    public override int Sources => 10_000;

    public override string ComparedWith => "W1";
}

namespace Ingest.Engine.Tests;

public sealed class PartitionPropertyTests
{
    [Fact]
    public void The_rules_hold_at_every_step_and_everything_reaches_the_lake_once() =>
        Property.HoldsForHistories(count: 300, length: 250, choices => new PartitionWorld(choices, splits: false).Run());

    [Fact]
    public void The_rules_hold_while_a_source_is_split() =>
        Property.HoldsForHistories(count: 300, length: 250, choices => new PartitionWorld(choices, splits: true).Run());
}

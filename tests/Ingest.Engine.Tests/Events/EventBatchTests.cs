namespace Ingest.Engine.Tests;

public sealed class EventBatchTests
{
    [Fact]
    public void The_only_part_of_a_batch_is_as_the_batch() => Property.HoldsForHistories(count: 300, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var parts = batch.Split("web", 1);
        Assert.Equal(batch.Events.IsEmpty, parts.Count == 0);
        foreach (var (_, part) in parts)
        {
            using (part)
                Assert.Equal(RandomBatches.Describe(batch), RandomBatches.Describe(part));
        }
    });

    [Fact]
    public void Each_part_has_the_events_of_its_partition() => Property.HoldsForHistories(count: 300, length: 120, choices =>
    {
        using var batch = RandomBatches.Create(choices);
        var parts = batch.Split("web", 3);
        Assert.Equal(batch.Events.Length, parts.Values.Sum(part => part.Events.Length));
        foreach (var (id, part) in parts)
        {
            using (part)
                Assert.All(part.Events.ToArray(), entry => Assert.Equal(id, PartitionId.Of("web", entry.IdHash, 3)));
        }
    });
}

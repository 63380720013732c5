using Ingest.Hosting;

namespace Ingest.Node.Tests;

public sealed class PartitionNumbersTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 7, 7)]
    [InlineData(4, 5, 8)]
    [InlineData(4, 8, 8)]
    [InlineData(3, 1024, 1026)]
    [InlineData(4, 1, 4)]
    [InlineData(4, int.MaxValue, int.MaxValue)]
    [InlineData(1024, int.MaxValue, int.MaxValue)]
    public void A_source_is_raised_to_a_multiple_of_what_it_has(int present, int wanted, int next) =>
        Assert.Equal(next, PartitionNumbers.NextFrom(present, wanted));
}

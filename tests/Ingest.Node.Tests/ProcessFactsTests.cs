using Ingest.Hosting;

namespace Ingest.Node.Tests;

public sealed class ProcessFactsTests
{
    [Fact]
    public void Differences_say_what_happened_in_between()
    {
        const int bytes = 10_000_000;
        var before = ProcessFacts.Read();
        GC.KeepAlive(GC.AllocateUninitializedArray<byte>(bytes));
        GC.Collect();
        var after = ProcessFacts.Read();
        // What threads have taken and not used up yet is counted, or not, as it comes.
        Assert.True(after.AllocatedBytes - before.AllocatedBytes >= bytes / 2, $"{before} {after}");
        Assert.True(after.GcCollections > before.GcCollections, $"{before} {after}");
        Assert.True(after.GcPauseMilliseconds > before.GcPauseMilliseconds, $"{before} {after}");
        Assert.True(after.CpuMilliseconds >= before.CpuMilliseconds && before.CpuMilliseconds > 0, $"{before} {after}");
        Assert.True(after.ResidentBytes > 0, $"{after}");
    }
}

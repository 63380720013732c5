using System.Collections.Concurrent;
using System.Globalization;

namespace Ingest.Simulation.Tests;

/// <summary>The rules bite: every known mistake is seen, and soon.</summary>
public sealed class MistakeTests
{
    private const int SeedsMax = 500;

    public static TheoryData<string> Names => [.. Mistake.All.Select(mistake => mistake.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mistake_is_caught(string name)
    {
        var mistake = Mistake.All.Single(mistake => mistake.Name == name);
        var caught = new ConcurrentBag<HistoryResult>();
        // Seeds are taken one by one, so that the first ones are tried first.
        Parallel.ForEach(
            Partitioner.Create(Enumerable.Range(1, SeedsMax), EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (seed, loop) =>
            {
                var history = History.Run(seed, mistake);
                if (history.Violation is null)
                    return;
                caught.Add(history);
                loop.Stop();
            });
        Assert.False(caught.IsEmpty, $"{name}: not caught in {SeedsMax} seeds");
        var first = caught.MinBy(history => history.Seed)!;
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"measured: {name}: caught after {first.Seed} seeds by the rule \"{first.Violation!.Rule}\""));
    }
}

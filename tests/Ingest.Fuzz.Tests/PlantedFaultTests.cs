using System.Globalization;

namespace Ingest.Fuzz.Tests;

/// <summary>The properties bite: every mistake made on purpose is seen, and soon.</summary>
public sealed class PlantedFaultTests
{
    private const int Seed = 1;

    private const int RoundsMax = 20;

    public static TheoryData<string> Names => [.. PlantedFault.All.Select(fault => fault.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_planted_fault_is_caught(string name)
    {
        var fault = PlantedFault.All.Single(fault => fault.Name == name);
        var target = Targets.Find(fault.Target, fault)!;
        for (var number = 0; number < RoundsMax; number++)
        {
            if (new Round(target, Seed, number).Run((_, _) => true) is not { } finding)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name}: caught after {finding.Index + 1:N0} inputs, because \"{finding.Property}\" did not hold; the smallest input has {finding.Input.Length} bytes"));
            return;
        }
        Assert.Fail($"{name}: not caught in {RoundsMax * Round.Length} inputs");
    }
}

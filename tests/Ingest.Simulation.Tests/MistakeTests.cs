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
        for (var seed = 1; seed <= SeedsMax; seed++)
        {
            if (History.Run(seed, mistake).Violation is not { } violation)
                continue;
            TestContext.Current.TestOutputHelper?.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"measured: {name}: caught after {seed} seeds by the rule \"{violation.Rule}\""));
            return;
        }

        Assert.Fail($"{name}: not caught in {SeedsMax} seeds");
    }
}

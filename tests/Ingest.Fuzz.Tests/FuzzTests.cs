namespace Ingest.Fuzz.Tests;

/// <summary>All properties hold for every input; and an input can be found again.</summary>
public sealed class FuzzTests
{
    private const int Seed = 1;

    private const long Inputs = 1_000_000;

    // As many as fit, rather than holding up the other tests. "./ingest fuzz" runs as many as one wishes.
    private static readonly TimeSpan Longest = Environment.GetEnvironmentVariable("INGEST_TEST_LONG") == "1" ? TimeSpan.FromHours(1) : TimeSpan.FromSeconds(20);

    public static TheoryData<string> Names => [.. Targets.All(PlantedFault.None).Select(target => target.Name)];

    [Fact]
    public void All_properties_hold_for_all_inputs()
    {
        var runner = new FuzzRunner(Targets.All(PlantedFault.None), Seed, Inputs, Longest, new Watchdog(Targets.InputTimeout));
        runner.Run(finding => Say(FuzzCommand.Describe(finding, finding.Save(Path.GetTempPath()))));
        Say("measured: " + FuzzCommand.Describe(runner));
        Assert.Empty(runner.Findings.Select(finding => finding.What));
        Assert.All(runner.Counts, counts => Assert.True(counts.Inputs > 0 && counts.Outcomes > 20, $"{counts.Target} reaches hardly anything"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_same_seed_makes_the_same_round(string name)
    {
        Assert.Equal(Run(name, number: 3), Run(name, number: 3));
        Assert.NotEqual(Run(name, number: 3), Run(name, number: 4));
    }

    [Fact]
    public void What_fails_is_made_smaller_and_fails_again()
    {
        var fault = PlantedFault.All.Single(fault => fault.Name == "drops the last byte of a payload");
        var target = Targets.Find(fault.Target, fault)!;
        var finding = FirstFinding(target);
        Assert.True(finding.IsAlone);
        Assert.Equal(finding.Property, Attempt.Alone(target, finding.Input)?.Property);
        Assert.Null(Attempt.Alone(Targets.Find(fault.Target)!, finding.Input));
        Assert.InRange(finding.Input.Length, 1, 120);
    }

    [Fact]
    public void An_input_that_hangs_is_named()
    {
        using var ends = new ManualResetEventSlim();
        var runner = new FuzzRunner([new HangingTarget(ends)], Seed, Inputs, TimeSpan.MaxValue, new Watchdog(TimeSpan.FromMilliseconds(100)));
        runner.Run(_ => { });
        ends.Set();
        Assert.Equal("every input ends", Assert.Single(runner.Findings).Property);
    }

    private static Finding FirstFinding(ITarget target) => Enumerable.Range(0, 100)
        .Select(number => new Round(target, Seed, number).Run((_, _) => true)).First(finding => finding is not null)!;

    /// <summary>Everything that a round makes and reaches, as one number.</summary>
    private static ulong Run(string name, long number)
    {
        var sum = new Signal();
        var round = new Round(Targets.Find(name)!, Seed, number);
        Assert.Null(round.Run(
            (_, input) =>
            {
                sum.Add(Crc32.Of(input));
                return true;
            },
            length: 200));
        foreach (var signal in round.Signals.Order())
            sum.Add(signal);
        return sum.Value;
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);

    /// <summary>Never ends by itself.</summary>
    private sealed class HangingTarget(ManualResetEventSlim ends) : ITarget, ISubject
    {
        public string Name => "hangs";

        public int Weight => 1;

        public IReadOnlyList<byte[]> Corpus => [[1]];

        public byte[] Make(Chance chance, IReadOnlyList<byte[]> kept) => kept[0];

        public ISubject Open() => this;

        public ulong Try(byte[] input)
        {
            ends.Wait();
            return 1;
        }

        public void Dispose()
        {
        }
    }
}

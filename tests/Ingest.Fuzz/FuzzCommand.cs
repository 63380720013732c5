using System.CommandLine;
using System.Globalization;

namespace Ingest.Fuzz;

/// <summary><c>ingest fuzz</c>: makes inputs until something breaks, or there were enough.</summary>
internal static class FuzzCommand
{
    private const long InputsByDefault = 1_000_000;

    private static readonly TimeSpan ReportPeriod = TimeSpan.FromSeconds(5);

    /// <summary>Where failing inputs are kept, below the folder in which it was started.</summary>
    private static readonly string Folder = Path.Combine("artifacts", "fuzz");

    public static RootCommand Create()
    {
        var names = Targets.All(PlantedFault.None).Select(target => target.Name).ToArray();
        var inputs = new Option<long?>("--inputs") { Description = "How many inputs to make; 1,000,000 where nothing is said." };
        var seed = new Option<int?>("--seed") { Description = "Every input follows from it; any where it is left out." };
        var minutes = new Option<double?>("--minutes") { Description = "Ends after this time. Without --inputs it makes as many as fit in." };
        var name = new Option<string?>("--target") { Description = $"One of {string.Join(", ", names)}; all where it is left out." };
        name.AcceptOnlyFromAmong(names);
        var index = new Option<long?>("--index") { Description = "With --seed and --target: runs the round of this input up to it." };
        var replay = new Option<FileInfo?>("--replay") { Description = "With --target: runs the input in this file." };
        var command = new RootCommand(
            "Gives the parts that meet the network inputs that nobody would think of: requests of every protocol, gzip, batches\n"
            + "on the wire, schemas and documents. Whatever comes in: nothing crashes or hangs, memory stays within bounds, and of\n"
            + "what is answered with success not one byte is lost. Inputs that do something new are changed further.\n"
            + "Exit code: 0 all properties held, 1 one did not.")
        {
            inputs, seed, minutes, name, index, replay,
        };
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(name) is { } known ? Targets.Find(known) : null;
            if (parsed.GetValue(replay) is { } file)
                return target is null ? Refuse("--replay needs --target") : Replay(target, File.ReadAllBytes(file.FullName));
            if (parsed.GetValue(index) is { } at)
                return target is null || parsed.GetValue(seed) is not { } from ? Refuse("--index needs --seed and --target") : Replay(target, from, at);
            var longest = parsed.GetValue(minutes);
            return Run(new FuzzRunner(
                target is null ? Targets.All(PlantedFault.None) : [target],
                parsed.GetValue(seed) ?? Random.Shared.Next(),
                parsed.GetValue(inputs) ?? (longest is null ? InputsByDefault : long.MaxValue / Round.Length),
                longest is { } some ? TimeSpan.FromMinutes(some) : TimeSpan.MaxValue,
                new Watchdog(Targets.InputTimeout)));
        });
        return command;
    }

    /// <summary>One line on a run, or on how far it has come.</summary>
    public static string Describe(FuzzRunner runner) => string.Create(
        CultureInfo.InvariantCulture,
        $"{runner.Ended:N0} inputs, {runner.Bytes / 1e6:N0} MB, in {runner.Time.TotalSeconds:F0} s ({runner.Ended / Math.Max(runner.Time.TotalSeconds, 0.001):F0}/s), {runner.Findings.Count} failed; inputs and different outcomes: ")
        + string.Join(", ", runner.Counts.Select(counts => string.Create(CultureInfo.InvariantCulture, $"{counts.Target} {counts.Inputs:N0} {counts.Outcomes:N0}")));

    /// <summary>What failed, and how to see it again.</summary>
    public static string Describe(Finding finding, string path) => string.Create(
        CultureInfo.InvariantCulture,
        $"Input {finding.Index} of {finding.Target}, seed {finding.Seed}, breaks a property.\n  {finding.What}\n")
        + (finding.IsAlone
            ? $"  To replay: ./ingest fuzz --target {finding.Target} --replay {path}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"  It depends on the inputs before it. To replay: ./ingest fuzz --target {finding.Target} --seed {finding.Seed} --index {finding.Index}\n  The input: {path}"));

    private static int Run(FuzzRunner runner)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {runner.Seed}"));
        using (new Timer(_ => Console.WriteLine(Describe(runner)), null, ReportPeriod, ReportPeriod))
            runner.Run(finding => Console.WriteLine(Describe(finding, finding.Save(Folder))));
        Console.WriteLine(Describe(runner));
        return runner.Findings.Count == 0 ? 0 : 1;
    }

    private static int Replay(ITarget target, byte[] input)
    {
        var failure = Attempt.Alone(target, input);
        Console.WriteLine(failure?.Message ?? "All properties hold.");
        return failure is null ? 0 : 1;
    }

    private static int Replay(ITarget target, int seed, long index)
    {
        var round = new Round(target, seed, index / Round.Length);
        var finding = round.Run((_, _) => true, (int)(index % Round.Length) + 1);
        Console.WriteLine(finding is null ? "All properties hold." : Describe(finding, finding.Save(Folder)));
        return finding is null ? 0 : 1;
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 2;
    }
}

using System.CommandLine;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary><c>ingest bench</c>: starts what it measures on this machine, loads it for a bounded time, and prints medians and ratios.</summary>
internal static class BenchCommand
{
    /// <summary>Exit code where the command line asks for what is not there.</summary>
    public const int Mistaken = 2;

    public static RootCommand Create()
    {
        var quick = new Option<bool>("--quick") { Description = "Less of everything, within two minutes: for a look, not for figures to keep. What is given besides counts." };
        var subjects = Names("--subjects", $"What to measure, of {SubjectCatalogue.All}; ratios are to the first. {SubjectCatalogue.Usual}, as far as they are there, when absent.");
        var workloads = Names("--workloads", $"Of {string.Join(", ", WorkloadCatalogue.All.Select(workload => workload.Name))}; all when absent.");
        var modes = Names("--modes", "burst: shipping is deferred; sustained: shipping goes on. Both when absent.");
        var rounds = Number("--rounds", "Each round runs everything once; 3 when absent.");
        var seconds = Number("--seconds", "Seconds of each measured load; 10 when absent.");
        var warmUp = Number("--warm-up", "Seconds of load before that: a server that has just started compiles its code. 15 when absent.");
        var spike = Number("--spike-seconds", "Seconds of the spike of W5; 60 when absent.");
        var postgres = new Option<string?>("--postgres") { HelpName = "CONNECTION", Description = "A PostgreSQL for the subjects that need one. Its database is migrated, and keeps what they store." };
        var report = new ReportOptions("bench");
        var command = new RootCommand(
            "Measures the server on this machine against the smallest honest one and against peers, in interleaved rounds.\n" +
            "Beside the subcommands below: './ingest bench parts' measures parts of it with BenchmarkDotNet.")
        {
            quick, subjects, workloads, modes, rounds, seconds, warmUp, spike, postgres,
        };
        report.AddTo(command);
        command.Subcommands.Add(DrainCommand.Create());
        command.Subcommands.Add(StartCommand.Create());
        foreach (var journal in JournalCommand.Create())
            command.Subcommands.Add(journal);
        command.SetAction(async parsed =>
        {
            var preset = parsed.GetValue(quick) ? Preset.Quick : Preset.Full;
            var (mistakes, absent) = (new List<string>(), new List<string>());
            var measured = Choice.OfSubjects(parsed.GetValue(subjects), preset.Subjects, parsed.GetValue(postgres), mistakes, absent);
            var loads = Choice.Of(parsed.GetValue(workloads) ?? preset.Workloads, "workload", WorkloadCatalogue.All, workload => workload.Name, mistakes);
            var ways = Choice.Of(parsed.GetValue(modes) ?? preset.Modes, "mode", Mode.All, mode => mode.Name, mistakes);
            if (mistakes.Count > 0)
                return Complain(mistakes);
            absent.ForEach(AnsiConsole.WriteLine);
            var times = new TrialTimes(
                TimeSpan.FromSeconds(parsed.GetValue(warmUp) ?? preset.WarmUp),
                TimeSpan.FromSeconds(parsed.GetValue(seconds) ?? preset.Seconds),
                TimeSpan.FromSeconds(parsed.GetValue(spike) ?? preset.SpikeSeconds));
            var benchmark = new Benchmark(measured, loads, ways);
            return await report.RunAsync(
                parsed,
                "Benchmark",
                Notes(measured, absent, loads, ways),
                benchmark.Problems,
                folder => benchmark.RunAsync(folder, parsed.GetValue(rounds) ?? preset.Rounds, times),
                isLook: parsed.GetValue(quick));
        });
        return command;
    }

    /// <summary>Says all mistakes of a command line.</summary>
    /// <returns>The exit code.</returns>
    public static int Complain(List<string> mistakes)
    {
        mistakes.ForEach(Console.Error.WriteLine);
        return Mistaken;
    }

    /// <summary>An option that takes a positive whole number.</summary>
    public static Option<int?> Number(string name, string description)
    {
        var option = new Option<int?>(name) { HelpName = "N", Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 1 or > 1_000_000_000)
                result.AddError($"{name} {number}: write 1 to 1,000,000,000.");
        });
        return option;
    }

    private static Option<string?> Names(string name, string description) => new(name) { HelpName = "NAME,NAME", Description = description };

    private static List<string> Notes(
        IReadOnlyList<ISubject> subjects, IReadOnlyList<string> absent, IReadOnlyList<Workload> workloads, IReadOnlyList<Mode> modes) =>
    [
        .. subjects.Select(subject => $"`{subject.Name}`: {subject.About}"),
        .. absent.Select(sentence => "left out: " + sentence),
        .. workloads.Select(workload => $"`{workload.Name}`: {workload.About}"),
        .. modes.Select(mode => $"`{mode.Name}`: {mode.About}; it concerns the product and Fluent Bit alone"),
    ];

    /// <summary>What is done where the command line does not say.</summary>
    private sealed record Preset(string Subjects, string Workloads, string Modes, int Rounds, int WarmUp, int Seconds, int SpikeSeconds)
    {
        public static readonly Preset Full = new(
            SubjectCatalogue.Usual, string.Join(',', WorkloadCatalogue.All.Select(workload => workload.Name)), "burst,sustained", 3, 15, 10, 60);

        public static readonly Preset Quick = new("floor,node", "W1,W2", "burst,sustained", 1, 2, 2, 10);
    }
}

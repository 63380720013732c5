using System.CommandLine;
using Spectre.Console;

namespace Ingest.Bench;

/// <summary><c>ingest bench start</c>: from the start of a process until it is ready.</summary>
internal static class StartCommand
{
    private const int RoundsUsual = 5;

    public static Command Create()
    {
        var subjects = new Option<string?>("--subjects") { HelpName = "NAME,NAME", Description = $"Of {SubjectCatalogue.All}; floor, node and silo, as far as they are there, when absent." };
        var rounds = BenchCommand.Number("--rounds", $"Each round starts everything twice; {RoundsUsual} when absent.");
        var postgres = new Option<string?>("--postgres") { HelpName = "CONNECTION", Description = "A PostgreSQL for the subjects that need one. Its database is migrated, and keeps what they store." };
        var report = new ReportOptions("start");
        var command = new Command("start", "Measures the time from the start of the process until it is ready: with nothing stored, and after it was killed under load.")
        {
            subjects, rounds, postgres,
        };
        report.AddTo(command);
        command.SetAction(async parsed =>
        {
            var (mistakes, absent) = (new List<string>(), new List<string>());
            var measured = Choice.OfSubjects(parsed.GetValue(subjects), "floor,node,silo", parsed.GetValue(postgres), mistakes, absent);
            if (mistakes.Count > 0)
                return BenchCommand.Complain(mistakes);
            absent.ForEach(AnsiConsole.WriteLine);
            return await report.RunAsync(parsed, "Start to ready", StartBenchmark.About, [], async folder =>
            {
                var figures = new FigureList();
                await new StartBenchmark(measured).RunAsync(folder, parsed.GetValue(rounds) ?? RoundsUsual, figures);
                return figures.All;
            });
        });
        return command;
    }
}

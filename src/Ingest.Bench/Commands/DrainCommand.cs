using System.CommandLine;

namespace Ingest.Bench;

/// <summary><c>ingest bench drain</c>: an outage of the lake, and the way back.</summary>
internal static class DrainCommand
{
    private const int EventsUsual = 10_000_000;

    public static Command Create()
    {
        var events = BenchCommand.Number("--events", "Events of the backlog; 10,000,000 when absent. They take some 150 bytes each on the disk.");
        var subjects = new Option<string?>("--subjects") { HelpName = "NAME,NAME", Description = "Of node, silo, node-postgres, silo-postgres; node when absent." };
        var rounds = BenchCommand.Number("--rounds", "Each round runs everything once; 1 when absent.");
        var postgres = new Option<string?>("--postgres") { HelpName = "CONNECTION", Description = "A PostgreSQL for the subjects that need one. Its database is migrated, and keeps what they store." };
        var report = new ReportOptions("drain");
        var command = new Command("drain", "Builds up a backlog while the lake is away, and measures how fast it drains while intake goes on.")
        {
            events, subjects, rounds, postgres,
        };
        report.AddTo(command);
        command.SetAction(async parsed =>
        {
            var (mistakes, absent) = (new List<string>(), new List<string>());
            var measured = Choice.OfSubjects(parsed.GetValue(subjects) ?? "node", "", parsed.GetValue(postgres), mistakes, absent);
            mistakes.AddRange(measured.Where(subject => subject is not IngestSubject).Select(subject => $"{subject.Name}: only the product is drained: node, silo, and either over PostgreSQL."));
            if (mistakes.Count > 0)
                return BenchCommand.Complain(mistakes);
            return await report.RunAsync(parsed, "Draining a backlog", DrainBenchmark.About, [], async folder =>
            {
                var figures = new FigureList();
                for (var round = 1; round <= (parsed.GetValue(rounds) ?? 1); round++)
                {
                    foreach (var subject in measured.Cast<IngestSubject>())
                    {
                        var place = Directory.CreateDirectory(Path.Combine(folder, $"{subject.Name}-{round}")).FullName;
                        await new DrainBenchmark(subject, parsed.GetValue(events) ?? EventsUsual).RunAsync(place, figures);
                        Directory.Delete(place, recursive: true);
                    }
                }

                return figures.All;
            });
        });
        return command;
    }
}

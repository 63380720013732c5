using System.CommandLine;

namespace Ingest.Bench;

/// <summary><c>ingest bench journal</c> and <c>ingest bench space</c>: measure the journal in PostgreSQL alone, in this process.</summary>
internal static class JournalCommand
{
    public static IEnumerable<Command> Create()
    {
        var postgres = new Option<string>("--postgres") { HelpName = "CONNECTION", Description = "A user who may make databases and run a checkpoint; databases of its own are made and dropped.", Required = true };
        var partitions = new Option<int>("--partitions") { HelpName = "N", Description = "Partitions that append at once, each one append at a time.", DefaultValueFactory = _ => 64 };
        yield return CreateJournal(postgres, partitions);
        yield return CreateSpace(postgres, partitions);
    }

    private static Command CreateJournal(Option<string> postgres, Option<int> partitions)
    {
        var shapes = new Option<int[]>("--events") { HelpName = "N", Description = "Events of one append; may be given more than once.", DefaultValueFactory = _ => [10, 1] };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Each round runs everything once.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { HelpName = "N", Description = "Seconds that the journal is measured in each round, after 2 of warm-up.", DefaultValueFactory = _ => 5 };
        var commits = new Option<int>("--commits") { HelpName = "N", Description = "Transactions that append at once.", DefaultValueFactory = _ => 2 };
        var json = new Option<FileInfo?>("--json") { HelpName = "FILE", Description = "Write every figure there, too." };
        var command = new Command("journal", "Measures appends to the journal in PostgreSQL against COPY of the same rows, and their time at half load.")
        {
            postgres, partitions, shapes, rounds, seconds, commits, json,
        };
        command.SetAction(async parsed =>
        {
            var benchmark = new JournalBenchmark(parsed.GetValue(postgres)!, parsed.GetValue(partitions), parsed.GetValue(commits));
            var figures = await benchmark.RunAsync(
                [.. parsed.GetValue(shapes)!.Select(events => new AppendShape(events))], parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
            JournalReport.Print(figures);
            if (parsed.GetValue(json) is { } file)
            {
                await using var stream = file.Create();
                JsonRows.Write(stream, figures);
            }

            return 0;
        });
        return command;
    }

    private static Command CreateSpace(Option<string> postgres, Option<int> partitions)
    {
        var events = new Option<long>("--events") { HelpName = "N", Description = "Events to append, seal and ship, ten an append.", DefaultValueFactory = _ => 10_000_000 };
        var command = new Command("space", "Appends, seals and ships events through the journal in PostgreSQL, and shows that its space comes back; 1 where it does not.")
        {
            postgres, partitions, events,
        };
        command.SetAction(async parsed =>
        {
            var benchmark = new SpaceBenchmark(parsed.GetValue(postgres)!, parsed.GetValue(partitions), new AppendShape(events: 10));
            return await benchmark.RunAsync(parsed.GetValue(events)) ? 0 : 1;
        });
        return command;
    }
}

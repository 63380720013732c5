using System.CommandLine;
using System.Text.Json;

namespace Ingest.Bench;

/// <summary><c>ingest bench</c>: starts what it measures on this machine, loads it for a bounded time, and prints ratios.</summary>
internal static class BenchCommand
{
    public static RootCommand Create()
    {
        var subjects = new Option<string>("--subjects")
        {
            HelpName = "NAME,NAME",
            Description = "What to measure, of floor, node, silo, node-postgres, silo-postgres; ratios are to the first.",
            DefaultValueFactory = _ => "floor,node,silo",
        };
        var workloads = new Option<string>("--workloads") { HelpName = "NAME,NAME", Description = "Of W1, W2.", DefaultValueFactory = _ => "W1,W2" };
        var rounds = new Option<int>("--rounds") { HelpName = "N", Description = "Each round runs everything once.", DefaultValueFactory = _ => 3 };
        var seconds = new Option<int>("--seconds") { HelpName = "N", Description = "Seconds measured in each round.", DefaultValueFactory = _ => 10 };
        var warmUp = new Option<int>("--warm-up") { HelpName = "N", Description = "Seconds of load before that: a server that has just started compiles its code.", DefaultValueFactory = _ => 15 };
        var json = new Option<FileInfo?>("--json") { HelpName = "FILE", Description = "Write every figure there, too." };
        var postgres = new Option<string?>("--postgres") { HelpName = "CONNECTION", Description = "A PostgreSQL for the subjects that need one. Its database is migrated, and keeps what they store." };
        var command = new RootCommand("Measures the server on this machine against the smallest honest one, in interleaved rounds.")
        {
            subjects, workloads, rounds, seconds, warmUp, json, postgres,
        };
        foreach (var journal in JournalCommand.Create())
            command.Subcommands.Add(journal);
        command.SetAction(async parsed =>
        {
            var mistakes = new List<string>();
            var chosen = Choose(parsed.GetValue(subjects)!, name => SubjectCatalogue.Find(name, parsed.GetValue(postgres)), mistakes);
            var loads = Choose(parsed.GetValue(workloads)!, name => Workload.All.FirstOrDefault(w => string.Equals(w.Name, name, StringComparison.OrdinalIgnoreCase)), mistakes);
            if (mistakes.Count > 0)
            {
                mistakes.ForEach(Console.Error.WriteLine);
                return 2;
            }

            var folder = Directory.CreateTempSubdirectory("ingest-bench-").FullName;
            try
            {
                var benchmark = new Benchmark(chosen, loads, parsed.GetValue(rounds), TimeSpan.FromSeconds(parsed.GetValue(warmUp)), TimeSpan.FromSeconds(parsed.GetValue(seconds)));
                var figures = await benchmark.RunAsync(folder);
                ReportTable.Print(figures);
                if (parsed.GetValue(json) is { } file)
                    await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(figures));
                return 0;
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        return command;
    }

    private static List<T> Choose<T>(string names, Func<string, T?> find, List<string> mistakes)
        where T : class
    {
        var chosen = new List<T>();
        foreach (var name in names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (find(name) is { } found)
                chosen.Add(found);
            else
                mistakes.Add($"{name}: there is no such thing to measure, or what it needs is not built or not given; see --help.");
        }

        return chosen;
    }
}

using System.CommandLine;
using Ingest.Collector;
using Ingest.Engine;
using Ingest.Storage;

namespace Ingest.Cli;

/// <summary><c>ingest rebuild</c>: judges good events anew and writes them elsewhere.</summary>
internal static class RebuildCommand
{
    public static Command Create()
    {
        var into = new Option<string>("--into") { HelpName = "PREFIX", Description = "Where in the lake the result goes, such as rebuilt-2026-11.", Required = true };
        var intoLake = new Option<string?>("--into-lake") { HelpName = "DIR|s3://BUCKET/PREFIX", Description = "Another lake for the result." };
        var source = new Option<string?>("--source") { HelpName = "NAME", Description = "Events of this source alone." };
        var from = new Option<string?>("--from") { HelpName = "DAY|HOUR", Description = "First day or hour of the lake, UTC: 2026-11-21, 2026-11-21T20." };
        var to = new Option<string?>("--to") { HelpName = "DAY|HOUR", Description = "Last day or hour, included." };
        var config = new Option<string?>("--config")
        {
            HelpName = "DIR",
            Description = "Folder of ingest.json, sources and schemas; ./config where it exists, else the one that comes with the product.",
        };
        var data = new Option<string>("--data")
        {
            HelpName = "DIR",
            Description = "The server's data folder, or the cluster's; it knows the lake.",
            DefaultValueFactory = _ => "./data",
        };
        var lakeOptions = new LakeOptions();
        var command = new Command(
            "rebuild",
            "Judges the good events of a span by the rules of today, from their original bytes, and writes good and quarantine\n" +
            "anew below a prefix, object by object. Ids, times of receipt and hours stay. It needs no server and changes\n" +
            "nothing that is there. Broken off, it goes on where it was when started anew.\n" +
            "An object that is damaged, or of a source that is gone, is skipped and named at the end.\n" +
            "Exit code: 0 all events are good, 1 some are not, now, 2 it could not finish, or skipped objects.\n" +
            "Example: ./ingest rebuild --source shop --from 2026-11-01 --to 2026-11-21 --into rebuilt-2026-11")
        {
            into, intoLake, source, from, to, config, data,
        };
        lakeOptions.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(Read(parsed), cancellation));
        return command;

        Plan? Read(ParseResult parsed)
        {
            var mistakes = new List<string>();
            var lake = lakeOptions.Find(parsed, ServerOptions.ReadFolders(parsed.GetValue(data)!, mistakes), mistakes);
            var target = parsed.GetValue(intoLake) is { } other ? lakeOptions.FindOther(parsed, other, mistakes) : lake;
            var prefix = RebuildPrefix.Parse(parsed.GetValue(into)!, mistakes);
            var span = HourSpan.Parse(parsed.GetValue(from), parsed.GetValue(to), HourSpan.All, mistakes);
            var name = parsed.GetValue(source);
            if (name is not null && !SourceName.IsValid(name))
                mistakes.Add($"--source {name}: no source can have this name.");
            var folder = parsed.GetValue(config) ?? DefaultConfig();
            if (!Configuration.TryLoad(folder, out var configuration, out var errors))
                mistakes.AddRange(errors.Select(error => Path.Combine(folder, error.ToString())));
            foreach (var mistake in mistakes)
                Console.Error.WriteLine(mistake);
            return mistakes.Count == 0 ? new Plan(lake!, target!, prefix!, folder, configuration!, name, span) : null;
        }
    }

    private static async Task<int> RunAsync(Plan? plan, CancellationToken cancellation)
    {
        if (plan is null)
            return ExitCodes.NoAnswer;
        try
        {
            var lake = await plan.Lake.OpenAsync(cancellation);
            var into = ReferenceEquals(plan.Into, plan.Lake) ? lake : await plan.Into.OpenAsync(cancellation);
            var reader = new StoredEventReader(plan.Configuration.Catalogue.Current, plan.Configuration.Settings.Limits);
            using var run = new RebuildRun(lake, into, plan.Prefix, reader);
            await Working.WithAsync("Reading the lake …", async say =>
            {
                await run.RunAsync(() => RulesFingerprint.Of(plan.ConfigFolder), plan.Source, plan.Span, say, cancellation);
                return run.Objects;
            });
            return Print(run, into, plan.Prefix);
        }
        catch (Exception exception) when (exception
            is LakeUnavailableException or InvalidDataException or RebuildConflictException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NoAnswer;
        }
    }

    private static int Print(RebuildRun run, ILake into, RebuildPrefix prefix)
    {
        ReasonTable.Print("invalid now, by reason", run.Reasons);
        Console.WriteLine($"{run.Objects} objects below {prefix.Prefix} in {into.Description}, {run.ObjectsBefore} of them by an earlier run");
        Console.WriteLine($"{run.Good + run.Quarantined} events: {run.Good} good, {run.Quarantined} quarantined now");
        run.Skipped.Print();
        return run.Skipped.Count > 0 ? ExitCodes.NoAnswer : run.Quarantined == 0 ? ExitCodes.Good : ExitCodes.Bad;
    }

    /// <summary>./config where it exists, else the one that comes with the product, as <c>ingest run</c> has it.</summary>
    private static string DefaultConfig() =>
        Directory.Exists("config") ? Path.GetFullPath("config") : Path.Combine(AppContext.BaseDirectory, "config");

    private sealed record Plan(
        LakeLocation Lake,
        LakeLocation Into,
        RebuildPrefix Prefix,
        string ConfigFolder,
        CollectorConfiguration Configuration,
        string? Source,
        HourSpan Span);
}

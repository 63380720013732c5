using System.CommandLine;
using System.Globalization;

namespace Ingest.Cli;

/// <summary><c>ingest quarantine replay</c>: sends quarantined events through the rules of today.</summary>
internal static class QuarantineReplayCommand
{
    /// <summary>How long a request is tried while no server takes it: a restart, a failover of the database.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var options = new QuarantineOptions(asksServers: true);
        var dryRun = new Option<bool>("--dry-run") { Description = "Judges by today's rules and stores nothing." };
        var command = new Command(
            "replay",
            "Sends events of the quarantine through a running server's rules of today. What is valid now becomes good, once,\n" +
            "with its first receipt; what is not stays, and is told with its new reasons. Broken off, it goes on where it was\n" +
            "when started anew; within the dedupe window (24 h) even what was under way is not doubled.\n" +
            "An object that is damaged, or of a source that is gone, is skipped and named at the end.\n" +
            "Exit code: 0 all of them are good, 1 some are invalid still, 2 it could not finish, or skipped objects.\n" +
            "Example: ./ingest quarantine replay --source shop --from 2026-11-21 --reason unknown_schema");
        options.AddTo(command);
        command.Options.Add(dryRun);
        command.SetAction((parsed, cancellation) => QuarantineCommand.RunAsync(async () =>
        {
            if (options.Read(parsed) is not { } choice)
                return ExitCodes.NoAnswer;
            var lake = await choice.Lake.OpenAsync(cancellation);
            var isDryRun = parsed.GetValue(dryRun);
            using var client = new ReplayClient(choice.Servers, isDryRun, Patience);
            using var run = new ReplayRun(lake, client, choice.Filter, isDryRun);
            return await RunAsync(run, isDryRun, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(ReplayRun run, bool isDryRun, CancellationToken cancellation)
    {
        try
        {
            await Working.WithAsync("Reading the quarantine …", async say =>
            {
                await run.RunAsync(new Progress(say), cancellation);
                return run.Report;
            });
        }
        catch
        {
            // How far it came; what kept it from its end is said by the caller.
            Print(run.Report, isDryRun);
            throw;
        }

        Print(run.Report, isDryRun);
        return run.Report.Skipped.Count > 0 ? ExitCodes.NoAnswer : run.Report.Bad == 0 ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static void Print(ReplayReport report, bool isDryRun)
    {
        report.Skipped.Print();
        ReasonTable.Print("invalid still, by reason", report.Reasons);
        Console.WriteLine($"{report.Objects} objects: {report.Good} events {(isDryRun ? "would become" : "became")} good, {report.GoodBefore} were good already, {report.Bad} are invalid still");
    }

    private sealed class Progress(Action<string> say) : IProgress<ReplayReport>
    {
        public void Report(ReplayReport value) => say(string.Create(
            CultureInfo.InvariantCulture,
            $"{value.Objects:N0} objects done: {value.Good:N0} events became good, {value.GoodBefore:N0} were already, {value.Bad:N0} are invalid still …"));
    }
}

using System.CommandLine;
using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest audit</c>: proves that nothing is missing, or says exactly what is.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            HelpName = "DIR",
            Description = "The server's data folder, or the cluster's; it knows the lake.",
            DefaultValueFactory = _ => "./data",
        };
        var postgres = JournalOptions.Postgres();
        var lake = new Option<string?>("--lake")
        {
            HelpName = "DIR|s3://BUCKET/PREFIX",
            Description = "The lake, where it is not the one of the server's last start.",
        };
        var lakeOptions = LakeOption.All.ToDictionary(
            option => option.Name,
            option => new Option<string?>("--" + option.Name) { HelpName = option.Value, Description = option.Help },
            StringComparer.Ordinal);
        var command = new Command(
            "audit",
            "Compares ledger, journal and lake, object by object. The server may be running.\n" +
            "Exit code: 0 nothing missing, 1 something missing, doubled or altered, 2 it could not be found out.\n" +
            "Example: INGEST_POSTGRES='Host=db;…' ./ingest audit --lake s3://bucket/events")
        {
            data, postgres, lake,
        };
        foreach (var option in lakeOptions.Values)
            command.Options.Add(option);
        command.SetAction((parsed, cancellation) => RunAsync(
            () => Opened.OpenAsync(parsed.GetValue(postgres), parsed.GetValue(data)!, parsed.GetResult(data) is { Implicit: false }),
            parsed.GetValue(lake),
            option => parsed.GetValue(lakeOptions[option.Name]),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Func<Task<Opened?>> open, string? lakeText, Func<LakeOption, string?> given, CancellationToken cancellation)
    {
        await using var opened = await open();
        if (opened is null || Locate(opened.Folder, lakeText, given) is not { } location)
            return ExitCodes.NoAnswer;
        try
        {
            var lake = await location.OpenAsync(cancellation);
            var damage = await opened.CheckAsync(cancellation);
            var report = await RunWithProgressAsync(new LakeAudit(opened.Journal, lake), cancellation);
            return Print(report, damage, lake);
        }
        catch (Exception exception) when (exception
            is LakeUnavailableException or JournalUnavailableException or JournalCorruptException)
        {
            await Console.Error.WriteLineAsync($"The audit could not finish: {exception.Message}");
            return ExitCodes.NoAnswer;
        }
    }

    /// <summary>The lake: as given, else that of the server's last start, with its options.</summary>
    private static LakeLocation? Locate(DataFolder? folder, string? lakeText, Func<LakeOption, string?> given)
    {
        var last = folder?.Lake;
        if (lakeText is null && last is null)
        {
            Console.Error.WriteLine(folder is null
                ? "Name the lake with --lake."
                : $"No server was ever ready on {folder.Path}: name the lake with --lake.");
            return null;
        }

        var errors = new List<string>();
        var location = LakeLocation.Parse(
            lakeText ?? last!.Value.Lake,
            option => given(option) ?? (lakeText is null ? last!.Value.Options.GetValueOrDefault(option.Name) : null),
            errors);
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        return location;
    }

    private static Task<AuditReport> RunWithProgressAsync(LakeAudit audit, CancellationToken cancellation)
    {
        // Older records are dropped by the server, hour by hour; the hour in which that happens is left out.
        var since = new LakeHour((Instant.From(TimeProvider.System.GetUtcNow()) - new Limits().LedgerRetention).Hour.Number + 1);
        if (!AnsiConsole.Profile.Capabilities.Interactive)
            return audit.RunAsync(since, null, cancellation);
        return AnsiConsole.Status().StartAsync("Reading the journal …", status => audit.RunAsync(
            since,
            new Progress<long>(objects => status.Status($"{objects.ToString("N0", CultureInfo.InvariantCulture)} objects read …")),
            cancellation));
    }

    private static int Print(AuditReport report, IReadOnlyList<string> damage, ILake lake)
    {
        foreach (var finding in damage.Concat(report.Findings))
            Console.WriteLine(finding);
        if (report.FindingCount > report.Findings.Count)
            Console.WriteLine($"… and {report.FindingCount - report.Findings.Count} more");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Objects} objects in {lake.Description}: {report.GoodEvents} good events, {report.QuarantinedEvents} quarantined; {report.PendingEvents} more wait in the journal"));
        if (report.ForeignObjects > 0)
            Console.WriteLine($"{report.ForeignObjects} objects of other journals were not judged");
        var found = report.FindingCount + damage.Count;
        Console.WriteLine(found == 0 ? "nothing missing" : $"{found} findings");
        return found == 0 ? ExitCodes.Good : ExitCodes.Bad;
    }
}

using System.CommandLine;
using System.Globalization;
using Ingest.Engine;
using Ingest.Storage;

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
        var lake = new LakeOptions();
        var spans = new SpanOptions();
        var command = new Command(
            "audit",
            "Compares manifests, ledger, journal and lake, object by object. The server may be running.\n" +
            "Closed hours are judged by their manifests, also long after the journal forgot them; with --lake and no journal\n" +
            "at hand, by these alone.\n" +
            "Exit code: 0 nothing missing, 1 something missing, doubled or altered, 2 it could not be found out.\n" +
            "Example: ./ingest audit --lake s3://bucket/events --from 2026-11-01T00Z --to 2026-11-07T23Z")
        {
            data, postgres,
        };
        lake.AddTo(command);
        spans.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(
            new JournalChoice(parsed.GetValue(postgres), parsed.GetValue(data)!, parsed.GetResult(data) is { Implicit: false }),
            lake.IsGiven(parsed),
            (folders, mistakes) => lake.Find(parsed, folders, mistakes),
            mistakes => spans.Read(parsed, Instant.From(TimeProvider.System.GetUtcNow()), mistakes),
            spans.IsFromGiven(parsed),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        JournalChoice choice,
        bool isLakeGiven,
        Func<IReadOnlyList<DataFolder>, ICollection<string>, LakeLocation?> findLake,
        Func<ICollection<string>, HourSpan?> readSpan,
        bool isFromGiven,
        CancellationToken cancellation)
    {
        var mistakes = new List<string>();
        if (readSpan(mistakes) is not { } span)
            return await SayAsync(mistakes);
        var isLakeAlone = isLakeGiven && choice.IsNone();
        await using var opened = isLakeAlone ? null : await Opened.OpenAsync(choice.Postgres, choice.Data, choice.IsDataGiven);
        if (opened is null && !isLakeAlone)
            return ExitCodes.NoAnswer;
        if (findLake(opened?.Folder is { } folder ? [folder] : [], mistakes) is not { } location)
            return await SayAsync(mistakes);
        try
        {
            var lake = await location.OpenAsync(cancellation);
            var damage = opened is null ? [] : await opened.CheckAsync(cancellation);
            // Older records are dropped by the server, hour by hour; the hour in which that happens is left out.
            var journalFrom = (Instant.From(TimeProvider.System.GetUtcNow()) - new Limits().LedgerRetention).Hour.Next;
            var audit = new LakeAudit(lake, opened?.Journal, journalFrom);
            var report = await ProgressLine.RunAsync(progress => audit.RunAsync(span, progress, cancellation));
            var unjudged = new UnjudgedHours(report, span, isFromGiven, Instant.From(TimeProvider.System.GetUtcNow()));
            return Print(report, damage, lake, span, unjudged, opened is null ? null : journalFrom);
        }
        catch (Exception exception) when (exception
            is LakeUnavailableException or JournalUnavailableException or JournalCorruptException)
        {
            await Console.Error.WriteLineAsync($"The audit could not finish: {exception.Message}");
            return ExitCodes.NoAnswer;
        }
    }

    private static async Task<int> SayAsync(IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes)
            await Console.Error.WriteLineAsync(mistake);
        return ExitCodes.NoAnswer;
    }

    private static int Print(
        AuditReport report, IReadOnlyList<string> damage, ILake lake, HourSpan span, UnjudgedHours unjudged, LakeHour? journalFrom)
    {
        foreach (var finding in damage.Concat(report.Findings))
            Console.WriteLine(finding);
        if (report.FindingCount > report.Findings.Count)
            Console.WriteLine($"… and {report.FindingCount - report.Findings.Count} more");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Objects} objects in {lake.Description}: {report.GoodEvents} good events, {report.QuarantinedEvents} quarantined; {report.PendingEvents} more wait in the journal"));
        if (report.BridgedObjects > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.BridgedObjects} more were relayed to the primary: {report.BridgedEvents} events"));
        Console.WriteLine($"hours {span.From} to {span.To}: {JudgedBy(report, span, journalFrom)}");
        foreach (var note in unjudged.Notes())
            Console.WriteLine(note);
        if (report.NotJudged > 0)
            Console.WriteLine($"{report.NotJudged} objects of other journals, or of hours without a manifest, were not judged");
        var found = report.FindingCount + damage.Count;
        var problems = unjudged.Problems().ToList();
        foreach (var problem in problems)
            Console.Error.WriteLine(problem);
        if (found == 0 && problems.Count > 0)
            return ExitCodes.NoAnswer;

        Console.WriteLine(found == 0 ? "nothing missing" : $"{found} findings");
        return found == 0 ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static string JudgedBy(AuditReport report, HourSpan span, LakeHour? journalFrom)
    {
        var others = journalFrom is not { } from ? "the others not at all"
            : from <= span.From ? "the others by the journal"
            : $"the others by the journal from {from} on";
        return (report.ByManifests, journalFrom) switch
        {
            ({ } closed, _) => $"{closed.From} to {closed.To} by their manifests, {others}",
            (null, not null) => $"none has a manifest yet, {others}",
            (null, null) => "none has a manifest",
        };
    }
}

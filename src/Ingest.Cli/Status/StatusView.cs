using System.Globalization;
using Ingest.Engine;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary>Draws a status report for a person.</summary>
internal static class StatusView
{
    /// <summary>What needs a look, one sentence each; empty when all is well.</summary>
    public static IEnumerable<string> Troubles(StatusReport report)
    {
        if (report.NotReady is { } reason)
            yield return $"Events cannot be stored now: {reason}.";
        if (report.Shipping is { Breaker: not "closed" } shipping)
            yield return $"The lake does not take objects since {shipping.BreakerSince}: {shipping.LastFailureDetail}";
        foreach (var batch in report.Shipping?.SetAside ?? [])
            yield return $"Needs a person: {batch}";
        if (report.Manifests is { Failure: { } failure } manifests)
            yield return $"Manifests are not written since {manifests.FailingSince}: {failure}";
        foreach (var trouble in report.Region is { } region ? RegionView.Troubles(region) : [])
            yield return trouble;
        foreach (var silo in report.Silos)
        {
            if (silo.State == SiloReport.NotAnswering)
                yield return $"{silo.Name} does not answer.";
            else if (silo.NotReady is { } why && silo.State == SiloReport.Active)
                yield return $"{silo.Name} cannot store events now: {why}.";
            if (silo.Spill is { JournalAway: { } away } spill)
                yield return $"{silo.Name} keeps events in its spill ({Count(spill.Events)} now), since the journal is away: {away}";
            if (silo.Spill is { SetAside: > 0 } damaged)
                yield return $"Needs a person: {Count(damaged.SetAside)} requests in the spill of {silo.Name} are damaged and were set aside.";
        }

        foreach (var violation in report.Violations)
            yield return $"The ledger does not add up: {violation}";
    }

    public static void Print(StatusReport report)
    {
        var journal = report.Journal;
        AnsiConsole.MarkupLine(report.Url is { } url
            ? $"[bold]Running[/] at {Markup.Escape(url)} since {report.StartedAt}"
            : "[bold]Not running[/]; this is what its journal holds");
        AnsiConsole.MarkupLine($"Lake     {Markup.Escape(report.Lake)}");
        AnsiConsole.MarkupLine(
            $"Journal  {report.JournalId}: {Bytes(journal.StorageBytes)} on disk");
        AnsiConsole.MarkupLine(
            $"Backlog  {Count(journal.Unsealed)} events open, {Count(journal.Pending)} in {Count(journal.PendingBatches)} sealed batches, {Bytes(journal.BacklogBytes)}"
            + (journal.OldestReceived is { } oldest ? $", oldest of {oldest}" : ""));
        foreach (var line in report.Region is { } region ? RegionView.Lines(region) : [])
            AnsiConsole.MarkupLine(Markup.Escape(line));
        if (report.Shipping is { } shipping)
        {
            AnsiConsole.MarkupLine(
                $"Shipping breaker {shipping.Breaker}, last ship {shipping.LastSuccess?.ToString() ?? "none yet"}, {shipping.InFlight} under way"
                + (shipping.LastFailure is { } failure ? $", last failure {failure}: {Markup.Escape(shipping.LastFailureDetail ?? "")}" : ""));
            if (report.Manifests is { } manifests)
            {
                AnsiConsole.MarkupLine(
                    $"Closed   {manifests.LastHour ?? "no hour yet"}"
                    + (manifests.WaitsFor is { } waitsFor ? $"; {Markup.Escape(waitsFor)}" : ""));
            }

            PrintLever(report.Lever);
            AnsiConsole.MarkupLine($"Memory   {report.Partitions} partitions, {Count(report.DedupeIds)} event ids");
        }

        if (report.Process is { } process)
            AnsiConsole.MarkupLine($"Process  {Process(process)}");
        AnsiConsole.WriteLine();
        if (report.Silos.Count > 0)
            PrintSilos(report);
        PrintSources(report);
        foreach (var trouble in Troubles(report))
            AnsiConsole.MarkupLine($"[red]{Markup.Escape(trouble)}[/]");
    }

    private static void PrintLever(LeverReport? lever)
    {
        if (lever is null)
            return;
        var weights = lever.Weights is null
            ? "unknown"
            : string.Join(' ', lever.Weights.Select(weight => string.Create(CultureInfo.InvariantCulture, $"{weight.Key}={weight.Value}")));
        AnsiConsole.MarkupLine(
            $"Lever    {Markup.Escape(weights)}, {(lever.IsAutomatic ? "automatic" : "by hand")}, {Markup.Escape(lever.Lever)}: {Markup.Escape(lever.Says)}");
    }

    private static string Process(ProcessReport process) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Bytes(process.ResidentBytes)} resident, {process.CpuMilliseconds / 1000:N0} s of processor time, {Bytes(process.AllocatedBytes)} allocated, {process.GcPauseMilliseconds:N0} ms in pauses of {Count(process.GcCollections)} collections");

    private static void PrintSilos(StatusReport report)
    {
        var table = new Table { Title = new TableTitle("Silos"), Border = TableBorder.Rounded };
        foreach (var column in new[] { "silo", "address", "roles", "state" })
            table.AddColumn(column);
        table.AddColumn(new TableColumn("partitions").RightAligned());
        table.AddColumn("ships lanes");
        table.AddColumn("spill");
        foreach (var silo in report.Silos)
        {
            table.AddRow(
                Markup.Escape(silo.Name), Markup.Escape(silo.Address), silo.Roles, silo.State,
                Count(silo.Partitions), Markup.Escape(string.Join(' ', silo.Lanes)), Spill(silo.Spill));
        }

        AnsiConsole.Write(table);
    }

    private static string Spill(SpillReport? spill) => spill switch
    {
        null => "none",
        { Events: 0 } => $"empty, {Count(spill.Drained)} drained",
        _ => $"{Count(spill.Events)} events, {Bytes(spill.Bytes)} of {Bytes(spill.BytesMax)}, oldest of {spill.OldestReceived}, {Count(spill.Drained)} drained",
    };

    private static void PrintSources(StatusReport report)
    {
        if (report.Sources.Count == 0)
        {
            AnsiConsole.WriteLine($"No events since {report.Since}.");
            return;
        }

        var table = new Table { Title = new TableTitle($"Events since {report.Since}"), Border = TableBorder.Rounded };
        table.AddColumn("source");
        foreach (var column in new[] { "received", "good", "quarantined", "duplicates", "refused", "shipped", "pending" })
            table.AddColumn(new TableColumn(column).RightAligned());
        foreach (var source in report.Sources)
        {
            table.AddRow(
                Markup.Escape(source.Source), Count(source.Received), Count(source.Good), Count(source.Quarantined),
                Count(source.Duplicates), Count(source.Refused), Count(source.Shipped), Count(source.Pending));
        }

        AnsiConsole.Write(table);
    }

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(long bytes) => bytes switch
    {
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
        < 1 << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.00} GiB"),
    };
}

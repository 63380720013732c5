using System.CommandLine;
using System.Globalization;
using Ingest.Engine;
using Ingest.Regions;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary><c>ingest lever show</c>: the present weights, and how the regions are.</summary>
internal static class LeverShowCommand
{
    public static Command Create() => Fill(new Command(
        "show",
        "Shows the weight of each region, whether it can store events, and how the lever's own checks see it.\n" +
        "Exit code: 0 all is as in the file and ready, 1 something is not, 2 the lever cannot be read."));

    /// <summary>Gives a command its options and its action.</summary>
    public static Command Fill(Command command)
    {
        var options = new LeverOptions();
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => LeverSession.RunAsync(async () =>
        {
            using var session = await options.OpenAsync(parsed, needsLake: false, cancellation);
            return session is null ? ExitCodes.NoAnswer : await RunAsync(session, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(LeverSession session, CancellationToken cancellation)
    {
        var probing = session.ProbeAsync(cancellation);
        var reading = await session.Lever.ReadAsync(cancellation);
        var probes = await probing;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn("region");
        table.AddColumn(new TableColumn("weight").RightAligned());
        table.AddColumn(new TableColumn("normal").RightAligned());
        table.AddColumn("can store");
        table.AddColumn("lever's checks");
        table.AddColumn("url");
        foreach (var region in session.Plan.Regions)
        {
            var probe = probes[region.Name];
            table.AddRow(
                Markup.Escape(region.Name),
                reading.Weights[region.Name].ToString(CultureInfo.InvariantCulture),
                region.Weight.ToString(CultureInfo.InvariantCulture),
                probe.IsReady ? "yes" : Markup.Escape(Terminal.Text($"no: {probe.Why}")),
                reading.HealthOf(region.Name).ToString().ToLowerInvariant(),
                Markup.Escape(region.Url.ToString()));
        }

        AnsiConsole.WriteLine($"Lever {session.Lever.Description}; automatic failover {(session.Plan.Failover.IsAutomatic ? "on" : "off")}");
        AnsiConsole.Write(table);
        var troubles = await TroublesAsync(session, reading, cancellation);
        foreach (var trouble in troubles)
            AnsiConsole.WriteLine(trouble);
        return troubles.Count == 0 && probes.Values.All(probe => probe.IsReady) ? ExitCodes.Good : ExitCodes.Bad;
    }

    private static async Task<List<string>> TroublesAsync(LeverSession session, LeverReading reading, CancellationToken cancellation)
    {
        var troubles = new List<string>();
        if (!reading.Weights.Equals(session.Plan.Normal))
            troubles.Add($"The weights are not the normal ones ({session.Plan.Normal}). To put these back: ./ingest lever auto");
        if (session.Lake is not null && await new DrillRecords(session.Lake).FindOpenAsync(cancellation) is { } drill
            && reading.Weights.ToDictionary().SequenceEqual(drill.During))
        {
            troubles.Add(drill.Until > Instant.From(TimeProvider.System.GetUtcNow())
                ? $"A drill of {drill.By} is under way until {drill.Until}."
                : $"A drill of {drill.By} was left over; it should have ended at {drill.Until}. The region's server moves the lever back within a minute; where none runs: ./ingest lever auto");
        }

        return troubles;
    }
}

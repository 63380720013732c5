using System.CommandLine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary><c>ingest lever set</c> and <c>ingest lever auto</c>: a person moves the lever.</summary>
internal static class LeverSetCommand
{
    public static Command Create()
    {
        var words = new Argument<string[]>("REGION=PERCENT") { Description = "The weight of every region; they sum to 100.", Arity = ArgumentArity.OneOrMore };
        var command = new Command(
            "set",
            "Sets the weight of every region. The change is shown first and wants a yes. Weights other than the normal ones\n" +
            "suspend automatic failover until ./ingest lever auto.\n" +
            "Refused, unless forced: less than 5 % for a region that is live, more for one that cannot store events.\n" +
            "Exit code: 0 done, 1 refused, 2 the lever could not be read or moved.\n" +
            "Example: ./ingest lever set us-east-1=95 us-west-2=5")
        {
            words,
        };
        return Fill(command, (parsed, session) =>
        {
            if (RegionWeights.TryParse(parsed.GetValue(words)!, session.Plan.Names, out var wanted, out var problem))
                return wanted;
            Console.Error.WriteLine(problem);
            return null;
        });
    }

    public static Command CreateAuto() => Fill(
        new Command(
            "auto",
            "Puts the normal weights back, those of regions.json, and with them automatic failover in force.\n" +
            "Exit code: 0 done, 1 refused, 2 the lever could not be read or moved."),
        (_, session) => session.Plan.Normal);

    private static Command Fill(Command command, Func<ParseResult, LeverSession, RegionWeights?> wantedOf)
    {
        var options = new LeverOptions();
        var yes = new Option<bool>("--yes") { Description = "Does not ask." };
        var force = new Option<bool>("--force") { Description = "Overrules what is refused." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Shows what would be sent to the provider, and sends nothing." };
        command.Options.Add(yes);
        command.Options.Add(force);
        command.Options.Add(dryRun);
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => LeverSession.RunAsync(async () =>
        {
            using var session = await options.OpenAsync(parsed, needsLake: false, cancellation);
            if (session is null || wantedOf(parsed, session) is not { } wanted)
                return ExitCodes.NoAnswer;
            var choice = new Choice(parsed.GetValue(yes), parsed.GetValue(force), parsed.GetValue(dryRun));
            return await RunAsync(session, wanted, choice, cancellation);
        }));
        return command;
    }

    private static async Task<int> RunAsync(LeverSession session, RegionWeights wanted, Choice choice, CancellationToken cancellation)
    {
        var reading = await session.Lever.ReadAsync(cancellation);
        var present = reading.Weights;
        Console.WriteLine($"Lever   {session.Lever.Description}");
        Console.WriteLine($"Present {present}");
        Console.WriteLine($"Wanted  {wanted}");
        if (present.Equals(wanted))
        {
            Console.WriteLine("Nothing to change.");
            return ExitCodes.Good;
        }

        var objections = LeverRules.Objections(present, wanted, reading.HealthOf, await session.ProbeAsync(cancellation)).ToList();
        foreach (var objection in objections)
            await Console.Error.WriteLineAsync(objection);
        if (objections.Count > 0 && !choice.IsForced)
        {
            await Console.Error.WriteLineAsync("Refused. To do it all the same: --force");
            return ExitCodes.Bad;
        }

        if (choice.IsDryRun)
        {
            Console.WriteLine(await session.Lever.PreviewAsync(present, wanted, cancellation));
            Console.WriteLine("Dry run: nothing was changed.");
            return ExitCodes.Good;
        }

        if (!choice.IsConfirmed && !Confirmation.Ask("Move the lever?"))
            return ExitCodes.Bad;
        // From here on it is not broken off: what became of it must be known.
        await session.Lever.SetAsync(present, wanted, CancellationToken.None);
        await session.RecordAsync(LeverRecord.Set, present, wanted, choice.IsForced ? "by hand, forced" : "by hand", null);
        Console.WriteLine($"Done: {wanted}");
        return ExitCodes.Good;
    }

    private sealed record Choice(bool IsConfirmed, bool IsForced, bool IsDryRun);
}

using System.CommandLine;
using System.Net;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary><c>ingest region promote</c>: makes a receiver the primary, for good.</summary>
internal static class RegionPromoteCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("region") { Description = "The region's name, exactly: so that no other one is promoted." };
        var yes = new Option<bool>("--yes") { Description = "Asks no question." };
        var servers = new ServerOptions();
        var command = new Command(
            "promote",
            "Makes a receiver the primary, for good: from then on it validates what it takes, and its own backlog goes into its own\n" +
            "lake. What it has relayed before is in the lake of the old primary alone. To be used when that one is lost.\n" +
            "Exit code: 0 done, 1 not done, 2 it could not be found out.\n" +
            "Example: ./ingest region promote us-west-2 --data ./data")
        {
            name, yes,
        };
        servers.AddTo(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var mistakes = new List<string>();
            var choice = servers.Read(parsed, mistakes);
            var code = mistakes.Count > 0
                ? ExitCodes.NoAnswer
                : await RunAsync(choice, parsed.GetValue(name)!, parsed.GetValue(yes), mistakes, cancellation);
            foreach (var mistake in mistakes)
                await Console.Error.WriteLineAsync(mistake);
            return code;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        ServerChoice servers, string name, bool isSure, List<string> mistakes, CancellationToken cancellation)
    {
        using var client = new AdminClient();
        if (await RegionServer.AskAsync(client, servers, mistakes, cancellation) is not { } region)
            return ExitCodes.NoAnswer;
        if (region.Name != name)
        {
            mistakes.Add($"This server is of region {region.Name}, not {name}.");
            return ExitCodes.Bad;
        }

        if (region.Role == RegionRole.Primary)
        {
            Console.WriteLine($"{name} is a primary already.");
            return ExitCodes.Good;
        }

        if (!isSure && !Confirms(region))
        {
            mistakes.Add("Nothing was changed.");
            return ExitCodes.Bad;
        }

        try
        {
            var path = $"/admin/v1/region/promote?region={Uri.EscapeDataString(name)}";
            var answer = await client.AskAsync(servers.Servers, HttpMethod.Post, path, cancellation);
            if (answer is { Status: HttpStatusCode.OK } done)
            {
                Console.WriteLine(done.Body);
                return ExitCodes.Good;
            }

            mistakes.Add(answer?.Body ?? "The server does not listen any more; ask ./ingest region show.");
            return ExitCodes.Bad;
        }
        catch (ServerSilentException exception)
        {
            mistakes.Add($"{exception.Message} Ask ./ingest region show what became of it.");
            return ExitCodes.NoAnswer;
        }
    }

    /// <summary>Asks a person to type the region's name. Where nobody can be asked, the answer is no.</summary>
    private static bool Confirms(RegionReport region)
    {
        if (Console.IsInputRedirected)
        {
            Console.Error.WriteLine("Nobody can be asked here: say --yes.");
            return false;
        }

        Console.WriteLine($"{region.Name} relays to {region.Primary}. Promoted, it is a primary for good, and that cannot be undone.");
        Console.Write("Type the region's name to promote it: ");
        return Console.ReadLine()?.Trim() == region.Name;
    }
}

using System.CommandLine;
using Ingest.Regions;

namespace Ingest.Cli;

/// <summary><c>ingest lever keygen</c>: the key pair of the region list.</summary>
internal static class LeverKeygenCommand
{
    public static Command Create()
    {
        var name = new Option<string>("--out")
        {
            HelpName = "NAME",
            Description = "Writes NAME.key and NAME.pub; neither may exist.",
            DefaultValueFactory = _ => "regions",
        };
        var command = new Command(
            "keygen",
            "Makes the keys of the signed region list: the private one stays where the lever is moved, the public one goes to\n" +
            "every server, and, as it is printed, into the settings of trackers.\n" +
            "Exit code: 0 done, 2 a file could not be written.")
        {
            name,
        };
        command.SetAction((parsed, _) => LeverSession.RunAsync(() =>
        {
            var (privatePath, publicPath) = ($"{parsed.GetValue(name)}.key", $"{parsed.GetValue(name)}.pub");
            var publicKey = ListKeys.Create(privatePath, publicPath);
            Console.WriteLine($"Private key  {privatePath}");
            Console.WriteLine($"Public key   {publicPath}");
            Console.WriteLine($"For trackers {publicKey}");
            return Task.FromResult(ExitCodes.Good);
        }));
        return command;
    }
}

using System.CommandLine;

namespace Ingest.Cli;

/// <summary><c>ingest lever</c>: how traffic is divided among regions.</summary>
internal static class LeverCommand
{
    public static Command Create()
    {
        var command = LeverShowCommand.Fill(new Command(
            "lever", "Shows and sets how traffic is divided among regions (docs/regions.md); without more words it shows."));
        command.Subcommands.Add(LeverShowCommand.Create());
        command.Subcommands.Add(LeverSetCommand.Create());
        command.Subcommands.Add(LeverSetCommand.CreateAuto());
        command.Subcommands.Add(LeverHistoryCommand.Create());
        command.Subcommands.Add(LeverKeygenCommand.Create());
        return command;
    }
}

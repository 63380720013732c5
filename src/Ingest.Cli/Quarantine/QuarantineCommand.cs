using System.CommandLine;
using Ingest.Engine;

namespace Ingest.Cli;

/// <summary><c>ingest quarantine</c>: what is in the quarantine, and how it gets out.</summary>
internal static class QuarantineCommand
{
    public static Command Create() => new(
        "quarantine", "Lists, shows and replays the events that were kept because they were invalid.")
    {
        QuarantineListCommand.Create(),
        QuarantineShowCommand.Create(),
        QuarantineReplayCommand.Create(),
    };

    /// <summary>Runs one of the commands; says what kept it from its end.</summary>
    /// <returns>Its exit code.</returns>
    public static async Task<int> RunAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (exception
            is LakeUnavailableException or InvalidDataException or ServerSilentException or ServerRefusedException or IOException)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return ExitCodes.NoAnswer;
        }
    }
}

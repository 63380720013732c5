namespace Ingest.TestKit;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it wrote to both streams.</param>
public sealed record CommandResult(int ExitCode, string Output)
{
    /// <summary>Runs a command to its end.</summary>
    public static async Task<CommandResult> OfAsync(
        string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? folder = null)
    {
        await using var process = ChildProcess.Start(file, arguments, environment, folder);
        process.Input.Close();
        var exitCode = await process.WaitAsync(Deadline.Process);
        return new CommandResult(exitCode, process.Output);
    }
}

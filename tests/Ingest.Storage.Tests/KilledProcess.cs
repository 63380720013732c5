using System.Diagnostics;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

/// <summary>A process that writes, and is killed (SIGKILL) while it does.</summary>
internal static class KilledProcess
{
    /// <summary>Starts a program, and kills it once it printed so many lines. It must not end by itself before.</summary>
    /// <param name="program">Name of an assembly beside the tests.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="lines">How many; 0 kills it on its way up.</param>
    /// <param name="note">Is told of every line: what it had answered and nobody had read when it was killed counts, too.</param>
    public static async Task RunAsync(string program, IEnumerable<string> arguments, int lines, Action<string> note)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline.Process);
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        try
        {
            for (var read = 0; read < lines; read++)
                note(await process.StandardOutput.ReadLineAsync(deadline.Token) ?? throw new InvalidOperationException($"{program} ended by itself after {read} lines."));
        }
        finally
        {
            process.Kill();
        }

        while (await process.StandardOutput.ReadLineAsync(deadline.Token) is { } line)
            note(line);
        await process.WaitForExitAsync(deadline.Token);
    }
}

using System.ComponentModel;
using System.Diagnostics;

namespace Ingest.Regions;

/// <summary>Runs a program with a list of arguments; no shell ever reads them.</summary>
internal static class CommandLine
{
    /// <summary>Most characters of what it writes that are kept for a message.</summary>
    private const int MessageMax = 1_000;

    /// <summary>Runs it to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="LeverException">It cannot be started, or failed.</exception>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? await output
                : throw new LeverException($"{program} left with exit code {process.ExitCode}: {Short(await errors)}");
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new LeverException($"{start.FileName} cannot be started: {exception.Message}", exception);
        }
    }

    private static string Short(string text) => text.Trim() is var trimmed && trimmed.Length > MessageMax ? trimmed[..MessageMax] : trimmed;
}

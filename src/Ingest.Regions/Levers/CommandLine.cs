using System.ComponentModel;
using System.Diagnostics;

namespace Ingest.Regions;

/// <summary>Runs a program with a list of arguments; no shell ever reads them.</summary>
internal static class CommandLine
{
    /// <summary>Most characters of what it writes that are kept for a message.</summary>
    private const int MessageMax = 1_000;

    /// <summary>Runs it to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments, not quoted.</param>
    /// <param name="timeout">How long it may take; then it is killed, and what it did is not known.</param>
    /// <param name="cancellation">Stops it likewise.</param>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="LeverException">It cannot be started, failed, or took too long.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan timeout, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(timeout);
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
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode == 0
                ? await output
                : throw new LeverException($"{program} left with exit code {process.ExitCode}: {Short(await errors)}");
        }
        catch (OperationCanceledException exception)
        {
            process.Kill(entireProcessTree: true);
            if (cancellation.IsCancellationRequested)
                throw;
            throw new LeverException($"{program} took longer than {timeout.TotalSeconds:0.#} s.", exception);
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

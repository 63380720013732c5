using System.Diagnostics;

namespace Ingest.Cli;

/// <summary>A PostgreSQL server of a cluster's own, in its data folder: <c>tools/postgres</c> makes, starts and stops it.</summary>
/// <param name="tool">Path of the script.</param>
/// <param name="folder">The server's folder.</param>
internal sealed class PrivatePostgres(string tool, string folder)
{
    public const string FolderName = "postgres";

    /// <summary>Starts it, or finds it running, and says how to connect.</summary>
    /// <exception cref="ClusterFailedException">It does not start; the message says why.</exception>
    public Task<string> StartAsync() => RunAsync("start");

    /// <summary>Stops it; everything is written.</summary>
    /// <exception cref="ClusterFailedException">It does not stop; the message says why.</exception>
    public Task StopAsync() => RunAsync("stop");

    private async Task<string> RunAsync(string verb)
    {
        using var process = Process.Start(new ProcessStartInfo("setsid", ["--wait", tool, verb, folder])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadLineAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var line = await output;
        return process.ExitCode == 0 ? line ?? "" : throw new ClusterFailedException((await error).TrimEnd());
    }
}

/// <summary>The cluster cannot be started; the message says why.</summary>
internal sealed class ClusterFailedException(string message) : Exception(message);

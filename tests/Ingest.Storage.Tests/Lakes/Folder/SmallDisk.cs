using System.ComponentModel;
using System.Diagnostics;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.Folder;

/// <summary>A file system in memory with little space, mounted until this is disposed. Needs root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    /// <returns>Null where this user may not mount.</returns>
    public static async Task<SmallDisk?> TryMountAsync(string path, int bytes)
    {
        Directory.CreateDirectory(path);
        return await RunAsync("mount", "-t", "tmpfs", "-o", $"size={bytes}", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Dispose()
    {
        using var umount = Process.Start("umount", ["--lazy", _path]);
        umount.WaitForExit(Deadline.Process);
    }

    private static async Task<bool> RunAsync(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            })!;
            using var deadline = new CancellationTokenSource(Deadline.Process);
            await process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

using System.Diagnostics;
using Ingest.TestKit;

namespace Ingest.Storage.Tests.Lakes.Folder;

/// <summary>A folder in which nothing can be made until this is disposed; also for root, where the file system allows it.</summary>
internal sealed class ReadOnlyFolder : IDisposable
{
    private readonly string _path;
    private readonly bool _immutable;

    private ReadOnlyFolder(string path, bool immutable)
    {
        _path = path;
        _immutable = immutable;
    }

    /// <returns>Null where this user can still write.</returns>
    public static ReadOnlyFolder? TryMake(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        if (!CanWrite(path))
            return new ReadOnlyFolder(path, immutable: false);
        if (ChangeAttribute("+i", path) && !CanWrite(path))
            return new ReadOnlyFolder(path, immutable: true);
        return null;
    }

    public void Dispose()
    {
        if (_immutable)
            ChangeAttribute("-i", _path);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static bool CanWrite(string path)
    {
        try
        {
            var probe = Path.Combine(path, "probe");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool ChangeAttribute(string change, string path)
    {
        try
        {
            using var chattr = Process.Start("chattr", [change, path]);
            return chattr.WaitForExit(Deadline.Process) && chattr.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

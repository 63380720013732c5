using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ingest.Storage;

/// <summary>
/// The file operations that the base library lacks: publishing a file under a name that must be free, as one step, and
/// making directory entries durable. (<c>File.Move(overwrite: false)</c> looks first and renames then; two writers can
/// both pass the look.)
/// </summary>
internal static class Posix
{
    // The same on Linux and macOS.
    private const int InvalidArgument = 22;
    private const int AlreadyExists = 17;

    /// <summary>Gives a file a second name, unless that name is taken: one step, on every file system with hard links.</summary>
    /// <returns>False where the name is taken.</returns>
    /// <exception cref="IOException">Anything else; its HResult is the errno.</exception>
    public static bool TryLink(string existing, string name)
    {
        if (Link(existing, name) == 0)
            return true;
        var errno = Marshal.GetLastPInvokeError();
        return errno == AlreadyExists ? false : throw Failure("link", name, errno);
    }

    /// <summary>Makes the names in a directory durable.</summary>
    /// <exception cref="IOException">Its HResult is the errno.</exception>
    public static void SyncDirectory(string path)
    {
        using var directory = Open(path, flags: 0);
        if (directory.IsInvalid)
            throw Failure("open", path, Marshal.GetLastPInvokeError());
        if (Fsync(directory) == 0)
            return;
        var errno = Marshal.GetLastPInvokeError();
        // Some network file systems know no fsync of a directory: their server keeps names by itself.
        if (errno != InvalidArgument)
            throw Failure("fsync", path, errno);
    }

    private static IOException Failure(string call, string path, int errno) =>
        new($"{call} {path}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string existing, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Fsync(SafeFileHandle file);
}

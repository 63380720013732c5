namespace Ingest.Tracker;

/// <summary>
/// Sees to it that of all trackers of a file one sends at a time, so that events are not sent twice and their order holds.
/// It is a lock of the operating system on a file beside: the end of a process ends it at once, and no clock matters.
/// Where a file system has no such locks, events are sent twice and the server recognizes them by their ids.
/// </summary>
internal sealed class SenderLock(string path) : IDisposable
{
    /// <summary>What an <see cref="IOException"/> has as its code where another holds the lock: of Windows, Linux, and Apple's systems.</summary>
    private static readonly int HeldCode = Platform.IsWindows ? unchecked((int)0x80070020) : Platform.IsApple ? 35 : 11;

    private FileStream? _stream;

    /// <summary>Takes it, or keeps it.</summary>
    /// <returns>False where another tracker has it.</returns>
    /// <exception cref="IOException">The file cannot be opened: its folder is gone, the disk is full, there are too many open files.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public bool TryTake()
    {
        if (_stream is not null)
            return true;
        try
        {
            _stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
            return true;
        }
        catch (IOException e) when (e.HResult == HeldCode)
        {
            return false;
        }
    }

    public void Release()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose() => Release();
}

using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Keeps a second process from writing to a folder. Released by the system when the process dies.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    /// <param name="file">The lock's own file; made where it does not exist.</param>
    /// <param name="held">What to say where it is held.</param>
    /// <exception cref="JournalUnavailableException">Another process holds it, or this one already.</exception>
    public FolderLock(string file, string held)
    {
        try
        {
            _file = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new JournalUnavailableException(held, fault);
        }
    }

    public void Dispose() => _file.Dispose();
}

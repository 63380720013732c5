using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>Keeps a second process from writing: it would fence with heads of its own. Released by the system when the process dies.</summary>
internal sealed class FolderLock : IDisposable
{
    private readonly FileStream _file;

    /// <exception cref="JournalUnavailableException">Another process, or another journal of this one, has the folder.</exception>
    public FolderLock(JournalFolder folder)
    {
        try
        {
            _file = new FileStream(folder.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException fault)
        {
            throw new JournalUnavailableException(
                $"{folder.Path}: another process has this journal open. Stop it first, or open the journal read-only.", fault);
        }
    }

    public void Dispose() => _file.Dispose();
}

using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ingest.Storage;

/// <summary>
/// A witness outside the database of how many transactions were committed, so that a journal that lost its newest ones
/// (a log cut off, deleted or dropped by SQLite after damage, an older copy put in place) is not mistaken for a whole one.
/// </summary>
/// <remarks>
/// Written after each commit and before its answers, and never synced: a killed process leaves it exact, a power cut may
/// leave an older number. It is never ahead of the database unless commits were lost. Its 20 bytes lie within one sector, so
/// they are never torn: 8 of the count, 8 of the journal's id, 4 of checksum, little-endian.
/// </remarks>
internal sealed class CommitMark : IDisposable
{
    private const int Length = 20;

    private readonly SafeFileHandle _handle;
    private readonly SqliteJournalOptions _options;
    private readonly byte[] _content = new byte[Length];
    private bool _faulted;

    /// <summary>Opens the mark for writing; made where it does not exist.</summary>
    public CommitMark(string path, string journalId, SqliteJournalOptions options)
    {
        _options = options;
        Encoding.ASCII.GetBytes(journalId, _content.AsSpan(8, JournalIds.Length));
        if (!File.Exists(path))
            DurableFile.Write(path, Content(0));
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
    }

    /// <summary>The number that is known to have been committed; null where there is no mark.</summary>
    /// <exception cref="Ingest.Engine.JournalCorruptException">The mark is damaged, or of another journal.</exception>
    public static long? Read(string path, string journalId)
    {
        if (!File.Exists(path))
            return null;

        Span<byte> content = stackalloc byte[Length];
        using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var read = RandomAccess.Read(handle, content, 0);
        if (read != Length || BinaryPrimitives.ReadUInt32LittleEndian(content[16..]) != Crc32C.Of(content[..16]))
            throw Damage.File(path, "its checksum does not hold", Advice);
        if (Encoding.ASCII.GetString(content.Slice(8, JournalIds.Length)) != journalId)
            throw Damage.File(path, $"it belongs to another journal than {journalId}", Advice);

        return BinaryPrimitives.ReadInt64LittleEndian(content);
    }

    public const string Advice =
        "Find out what was put in place of what, and restore the folder as a whole. Only to go on without the commits that are " +
        "missing, if any, delete journal.mark.";

    public void Write(long commits)
    {
        try
        {
            RandomAccess.Write(_handle, Content(commits), 0);
        }
        catch (IOException fault) when (!_faulted)
        {
            // The commit itself is durable: only its witness is missing.
            _faulted = true;
            _options.OnFault?.Invoke($"journal.mark cannot be written: {fault.Message}");
        }
        catch (IOException)
        {
            // Reported before.
        }
    }

    public void Dispose() => _handle.Dispose();

    private ReadOnlySpan<byte> Content(long commits)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_content, commits);
        BinaryPrimitives.WriteUInt32LittleEndian(_content.AsSpan(16), Crc32C.Of(_content.AsSpan(0, 16)));
        return _content;
    }
}

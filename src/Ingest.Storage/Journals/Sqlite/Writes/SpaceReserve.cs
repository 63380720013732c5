using System.Globalization;

namespace Ingest.Storage;

/// <summary>
/// Stops accepting before the last page, so that shipping can go on and give space back (rule 7).
/// </summary>
/// <remarks>
/// What stands in the log needs its room once more when it is copied into journal.db; without it the log could never be
/// emptied again. So appends need, beyond the reserve, as many free bytes as the log is long, and twice their own.
/// </remarks>
/// <param name="folder">Where the database and its log are.</param>
/// <param name="reserveBytes">Free bytes that stay.</param>
/// <param name="freeBytes">Tells the free bytes of the file system; null asks the operating system.</param>
/// <param name="logPath">The write-ahead log.</param>
internal sealed class SpaceReserve(string folder, long reserveBytes, Func<long>? freeBytes, string logPath)
{
    /// <summary>How long an answer of the operating system counts.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    /// <summary>Bytes accepted after which it is asked again, however fresh the answer is.</summary>
    private const long BytesPerAnswer = 4L << 20;

    private readonly Func<long> _freeBytes = freeBytes ?? (() => new DriveInfo(folder).AvailableFreeSpace);
    private long _asked;
    private long _free;
    private long _log;
    private long _acceptedSince = BytesPerAnswer;

    /// <summary>Why appends must be refused; null when there is room. Used by the writer thread alone.</summary>
    /// <param name="bytes">Bytes of the writes that are about to be committed.</param>
    public string? Refusal(long bytes)
    {
        if (_acceptedSince >= BytesPerAnswer || TimeProvider.System.GetElapsedTime(_asked) > Freshness || !HasRoom(bytes))
        {
            _free = _freeBytes();
            _log = JournalFolder.LengthOf(logPath) ?? 0;
            _asked = TimeProvider.System.GetTimestamp();
            _acceptedSince = 0;
        }

        if (HasRoom(bytes))
        {
            _acceptedSince += bytes;
            return null;
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{folder}: {_free} bytes are free, but {Needed(bytes)} are needed (reserve {reserveBytes}, log {_log})");
    }

    private bool HasRoom(long bytes) => _free >= Needed(bytes);

    private long Needed(long bytes) => reserveBytes + _log + (2 * (_acceptedSince + bytes));
}

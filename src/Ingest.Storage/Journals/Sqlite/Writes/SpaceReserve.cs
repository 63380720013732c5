using System.Globalization;

namespace Ingest.Storage;

/// <summary>
/// Stops accepting before the last page (rule 7 needs room to give space back). Asks the operating system at most once a
/// second; one second of writing is far below the reserve's default.
/// </summary>
internal sealed class SpaceReserve(SqliteJournalOptions options)
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly Func<long> _freeBytes = options.FreeBytes ?? (() => new DriveInfo(options.Folder).AvailableFreeSpace);
    private long _asked;
    private long? _free;

    /// <summary>Why appends must be refused; null when there is room. Used by the writer thread alone.</summary>
    public string? Refusal()
    {
        // A test's own source is asked every time: it changes at once.
        if (_free is null || options.FreeBytes is not null || TimeProvider.System.GetElapsedTime(_asked) > Freshness)
        {
            _free = _freeBytes();
            _asked = TimeProvider.System.GetTimestamp();
        }

        return _free >= options.ReserveBytes
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"{options.Folder}: {_free} bytes are free, the reserve is {options.ReserveBytes}");
    }
}

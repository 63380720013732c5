namespace Ingest.Tracker;

/// <summary>
/// The file of a tracker cannot be opened: the place cannot be written, the file is damaged or no tracker's, or a newer
/// version made it. A damaged file can be moved aside, with its <c>-wal</c>, and the tracker opened anew.
/// </summary>
public sealed class TrackerFileException : IOException
{
    internal TrackerFileException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

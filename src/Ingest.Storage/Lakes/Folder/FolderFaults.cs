using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>What a fault of the file system means for a put.</summary>
public static class FolderFaults
{
    // errno of Linux; on Unix an IOException carries it as its HResult.
    private const int NotPermitted = 1;
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int AlreadyExists = 17;
    private const int NotADirectory = 20;
    private const int IsADirectory = 21;
    private const int FileTooLarge = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NameTooLong = 36;
    private const int QuotaExceeded = 122;

    /// <summary>True for the exceptions that mean a fault of the file system, and not of this program.</summary>
    public static bool IsFault(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>
    /// The outcome. A full disk counts as <see cref="PutOutcome.Throttled"/>: it takes more as soon as there is space,
    /// and until then trying often is of no use.
    /// </summary>
    public static PutResult ToResult(Exception exception) => new(OutcomeOf(exception), exception.Message);

    private static PutOutcome OutcomeOf(Exception exception) => exception switch
    {
        UnauthorizedAccessException => PutOutcome.Denied,
        DirectoryNotFoundException or FileNotFoundException => PutOutcome.Missing,
        PathTooLongException => PutOutcome.Rejected,
        IOException { HResult: NoSpace or QuotaExceeded } => PutOutcome.Throttled,
        IOException { HResult: NotPermitted or AccessDenied or ReadOnlyFileSystem } => PutOutcome.Denied,
        IOException { HResult: NoEntry } => PutOutcome.Missing,
        IOException { HResult: AlreadyExists or NotADirectory or IsADirectory or FileTooLarge or NameTooLong } => PutOutcome.Rejected,
        _ => PutOutcome.Unreachable,
    };
}

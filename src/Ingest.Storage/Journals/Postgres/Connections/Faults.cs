using System.Net.Sockets;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>What the errors of the server and of the way to it mean.</summary>
internal static class Faults
{
    /// <summary>True for everything that the server or the network can do to a statement.</summary>
    public static bool IsOfServer(Exception fault) => fault is NpgsqlException or TimeoutException or SocketException or IOException;

    /// <summary>The table is gone: its generation was dropped, and the list of generations is to be read again.</summary>
    public static bool IsMissingTable(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.UndefinedTable };

    /// <summary>SQLSTATE of <see cref="IsFenced"/>, raised by <c>ingest.require</c>.</summary>
    public const string FencedCode = "OI001";

    /// <summary>SQLSTATE of <see cref="IsClosedGeneration"/>, raised by <c>ingest.require</c>.</summary>
    public const string ClosedGenerationCode = "OI002";

    /// <summary>SQLSTATE of <see cref="IsClosedHour"/>, raised by <c>ingest.require</c>.</summary>
    public const string ClosedHourCode = "OI003";

    /// <summary>An hour was closed since this process looked.</summary>
    public static bool IsClosedHour(Exception fault) => fault is PostgresException { SqlState: ClosedHourCode };

    /// <summary>Not all appends of the group met the fence.</summary>
    public static bool IsFenced(Exception fault) => fault is PostgresException { SqlState: FencedCode };

    /// <summary>A generation was closed since this process looked which is open, or dropped.</summary>
    public static bool IsClosedGeneration(Exception fault) => fault is PostgresException { SqlState: ClosedGenerationCode } || IsMissingTable(fault);

    /// <summary>A lock was not to be had in time.</summary>
    public static bool IsLockTimeout(Exception fault) => fault is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable };

    /// <summary>The transaction failed on account of others, and may succeed when it is tried again as it is.</summary>
    public static bool MayPass(Exception fault) =>
        IsMissingTable(fault)
        || fault is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected };

    /// <summary>The connection broke, as one that was idle does when the server was restarted: a new one may do.</summary>
    public static bool IsLostConnection(Exception fault) => fault switch
    {
        PostgresException server => server.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown,
        NpgsqlException => fault.InnerException is IOException,
        _ => false,
    };

    /// <summary>The data is at fault (a value out of range, a broken constraint): the neighbours in the group are not.</summary>
    public static bool IsOfData(Exception fault) =>
        fault is PostgresException server && (server.SqlState.StartsWith("22", StringComparison.Ordinal) || server.SqlState.StartsWith("23", StringComparison.Ordinal));

    /// <summary>The server failed or cannot be reached: neither what others do at the moment nor the data is at fault.</summary>
    public static bool IsOfStorage(Exception fault) =>
        IsOfServer(fault) && !(IsOfOthers(fault) || IsLockTimeout(fault) || MayPass(fault) || IsOfData(fault));

    /// <summary>A condition of the journal's own does not hold, on account of what others committed.</summary>
    private static bool IsOfOthers(Exception fault) => IsFenced(fault) || IsClosedGeneration(fault) || IsClosedHour(fault);

    public static Exception ToJournalException(Exception fault) => fault switch
    {
        PostgresException server when IsDamage(server) => new JournalCorruptException(
            $"The database found damage in its own files: {server.MessageText} (SQLSTATE {server.SqlState}). {Damage.Advice}", fault),
        PostgresException server => new JournalUnavailableException(
            $"The database answered: {server.MessageText} (SQLSTATE {server.SqlState})", fault, !IsOfSettings(server)),
        _ => new JournalUnavailableException($"The database cannot be reached: {Describe(fault)}", fault),
    };

    /// <summary>One line for logs and status.</summary>
    public static string Describe(Exception fault) => fault switch
    {
        PostgresException server => $"{server.MessageText} (SQLSTATE {server.SqlState})",
        { InnerException: { } inner } => $"{fault.Message}: {inner.Message}",
        _ => fault.Message,
    };

    /// <summary>Wrong credentials (class 28), no such database (3D), no rights (42501): the same at every try until somebody mends it.</summary>
    private static bool IsOfSettings(PostgresException fault) =>
        fault.SqlState.StartsWith("28", StringComparison.Ordinal)
        || fault.SqlState is PostgresErrorCodes.InvalidCatalogName or PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>Class XX, and files that are missing or unreadable below the server.</summary>
    private static bool IsDamage(PostgresException fault) =>
        fault.SqlState is PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted or PostgresErrorCodes.IoError
            or PostgresErrorCodes.UndefinedFile;
}

using System.Globalization;
using Ingest.Engine;
using Npgsql;

namespace Ingest.Storage.Postgres;

/// <summary>The way to one database: a bounded pool of connections with the journal's settings.</summary>
internal sealed class Server : IAsyncDisposable
{
    /// <summary>Times that a read is tried when a generation was dropped or moved under it. Each try reads the list anew, so one more is nearly always enough.</summary>
    private const int ReadTriesMax = 8;

    private readonly NpgsqlDataSource _source;
    private readonly int _readSeconds;
    private volatile bool _closed;

    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    public Server(PostgresJournalOptions options)
    {
        _readSeconds = Seconds(options.ReadTimeout);
        _source = NpgsqlDataSource.Create(ConnectionString(options));
    }

    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellation) => _source.OpenConnectionAsync(cancellation);

    /// <summary>Runs a read on a connection of its own. Tried again where a generation vanished under it.</summary>
    /// <param name="read">The read.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="triesMax">Times that it is tried.</param>
    /// <exception cref="JournalUnavailableException">The server cannot be reached.</exception>
    public async Task<T> ReadAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation, int triesMax = ReadTriesMax)
    {
        for (var attempt = 1; ; attempt++)
        {
            ObjectDisposedException.ThrowIf(_closed, typeof(PostgresJournal));
            try
            {
                await using var connection = await ConnectAsync(cancellation);
                return await read(new Session(connection, _readSeconds, cancellation));
            }
            catch (PostgresException fault) when (Faults.MayPass(fault) && attempt < triesMax)
            {
                // The next try reads the list of generations anew.
            }
            catch (Exception fault) when (Faults.IsOfServer(fault))
            {
                ObjectDisposedException.ThrowIf(_closed, typeof(PostgresJournal));
                throw Faults.ToJournalException(fault);
            }
        }
    }

    /// <summary>Runs a read whose statements all see one state of the database.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<Session, Task<T>> read, CancellationToken cancellation) => ReadAsync(
        async session =>
        {
            await using var transaction = await session.BeginSnapshotAsync();
            return await read(session);
        },
        cancellation);

    public ValueTask DisposeAsync()
    {
        _closed = true;
        return _source.DisposeAsync();
    }

    /// <summary>Npgsql counts seconds; never 0, which would be no limit.</summary>
    public static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, 86_400);

    private static string ConnectionString(PostgresJournalOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Timeout = Seconds(options.ConnectTimeout),
            CommandTimeout = Seconds(options.ReadTimeout),
            CancellationTimeout = 500, // A server that hangs does not answer a request to cancel either.
            MaxPoolSize = options.ConnectionsMax,
            MaxAutoPrepare = 64, // Statements name generations, so old ones must make room.
            AutoPrepareMinUsages = 2,
            IncludeFailedBatchedCommand = true, // Tells a failure before COMMIT, which stored nothing, from one of COMMIT itself.
            NoResetOnClose = true, // Every session has the settings below and no others.
            ApplicationName = "orleans-ingest",
        };
        // A process that vanished without a word must not hold partitions longer than this.
        var abandoned = Milliseconds(2 * options.WriteTimeout);
        settings.Options = string.Create(
            CultureInfo.InvariantCulture,
            $"{settings.Options} -c statement_timeout={Milliseconds(options.ReadTimeout + options.WriteTimeout)} -c idle_in_transaction_session_timeout={abandoned} -c lock_timeout={Milliseconds(options.LockTimeout)} -c default_transaction_isolation=read\\ committed -c default_transaction_read_only={(options.ReadOnly ? "on" : "off")}").Trim();
        return settings.ConnectionString;

        static long Milliseconds(TimeSpan time) => Math.Max(1, (long)time.TotalMilliseconds);
    }
}

using System.Globalization;
using Ingest.Engine;
using SQLitePCL;

namespace Ingest.Storage;

/// <summary>
/// Makes a journal where there is none, and makes sure of one that is there, before anything is read from it or written to
/// it. Whatever speaks for a loss is an error that names the file; nothing is repaired or made anew in silence.
/// </summary>
/// <remarks>
/// The order of creation decides what a crash in between leaves: the database first, then the mark, the marker last.
/// Without a marker nothing was ever accepted, so a database without one must be without a single commit.
/// </remarks>
internal static class JournalOpening
{
    private const string Restore =
        "Restore the folder as a whole from a snapshot. Only to begin a new journal without what this one held, move all files of the folder away.";

    /// <summary>Finds or makes the journal of a folder that is locked.</summary>
    /// <returns>Its id.</returns>
    public static string EnsureCreated(JournalFolder folder)
    {
        var length = JournalFolder.LengthOf(folder.Database);
        if (Marker.Read(folder) is { } id)
        {
            RequireDatabase(folder, length);
            return id;
        }

        if (length is null or 0 && JournalFolder.LengthOf(folder.Wal) is > 0)
            throw Damage.File(folder.Database, "it is missing or empty, but its log is there", Restore);

        id = Create(folder);
        Marker.Write(folder, id);
        return id;
    }

    /// <summary>Finds the journal of a folder that another process may own.</summary>
    /// <exception cref="JournalUnavailableException">There is none.</exception>
    public static string Find(JournalFolder folder)
    {
        var id = Marker.Read(folder) ?? throw new JournalUnavailableException($"{folder.Path}: there is no journal here.");
        RequireDatabase(folder, JournalFolder.LengthOf(folder.Database));
        return id;
    }

    /// <summary>
    /// Checks that the database is the marker's, whole, and not older than what was answered. One of an earlier version is
    /// upgraded, in the same transaction, by its owner.
    /// </summary>
    /// <exception cref="JournalUnavailableException">It is of an earlier version, and not the caller's to upgrade.</exception>
    public static void Verify(JournalTables tables, JournalFolder folder, string id, bool isOwner, long checkBytesMax)
    {
        var database = tables.Database;
        var committed = CommitMark.Read(folder.Mark, id); // Before the snapshot, since a running owner moves both on.
        database.Execute("BEGIN");
        var version = VerifyType(database);
        var stored = MetaTable.Read(database);
        if (stored != id)
            throw Damage.File(folder.Database, $"it is the journal {stored}, but journal.id says {id}: one of the two was put in place of another", Restore);

        var totals = tables.Totals.ReadCounts();
        if (totals.Commits < committed)
        {
            throw Damage.File(
                folder.Database,
                string.Create(CultureInfo.InvariantCulture, $"it holds {totals.Commits} commits, but {committed} were answered (journal.mark): the newest are lost, or journal.db or journal.db-wal is an older copy"),
                CommitMark.Advice);
        }

        if (database.Scalar("PRAGMA page_count") * Database.PageBytes <= checkBytesMax)
            JournalCheck.ThrowOnDamagedStructure(database, "quick_check");
        if (version < Schema.Version)
            Upgrade(tables, version, isOwner);
        VerifyRows(tables, tables.Totals.Read());
        database.Execute("COMMIT");
    }

    private static void RequireDatabase(JournalFolder folder, long? length)
    {
        if (length is null or 0)
            throw Damage.File(folder.Database, $"it is {(length is null ? "missing" : "empty")}, but journal.id says that a journal was made here", Restore);
    }

    /// <summary>Makes the database, or completes what a crash left of making it.</summary>
    private static string Create(JournalFolder folder)
    {
        using var database = JournalConnections.OpenWriter(folder, create: true);
        database.Execute("PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;");
        var tables = new JournalTables(database);
        string id;
        if (database.Scalar("SELECT count(*) FROM sqlite_schema") == 0)
        {
            id = JournalIds.Create();
            database.Execute("BEGIN IMMEDIATE");
            database.Execute(Schema.Sql);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id={Schema.ApplicationId}; PRAGMA user_version={Schema.Version};"));
            MetaTable.Write(database, id);
            tables.Totals.Write(Totals.Empty);
            database.Execute("COMMIT");
        }
        else
        {
            VerifyType(database);
            id = MetaTable.Read(database);
            if (tables.Totals.ReadCounts().Commits > 0)
                throw Damage.File(folder.Marker, $"it is missing beside a journal in use. If journal.db is the right one, write this line into it: {Marker.LineOf(id)}", Restore);
        }

        database.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
        return id;
    }

    /// <returns>The version of its format.</returns>
    private static long VerifyType(Database database)
    {
        if (database.Scalar("PRAGMA application_id") != Schema.ApplicationId)
            throw Damage.File(database.Path, "it is a SQLite database, but no journal of this system", Restore);

        var version = database.Scalar("PRAGMA user_version");
        if (version > Schema.Version)
            throw new JournalUnavailableException($"{database.Path}: it was written by a newer version of this program (format {version}, this one knows {Schema.Version}). Run that version.");
        if (version < Schema.OldestVersion)
            throw Damage.File(database.Path, $"its format {version} was never in use", Restore);

        return version;
    }

    private static void Upgrade(JournalTables tables, long version, bool isOwner)
    {
        var database = tables.Database;
        if (!isOwner)
            throw new JournalUnavailableException($"{database.Path}: it was written by an older version of this program (format {version}, this one reads {Schema.Version}). Start the server once: it upgrades the journal.");

        if (version < Schema.FirstVersionByArrival)
            UpgradeToArrival(tables, version);
        database.Execute(Schema.Freed);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version={Schema.Version};"));
    }

    private static void UpgradeToArrival(JournalTables tables, long version)
    {
        tables.Database.Execute(Schema.UpgradeFrom(version));
        var hasSums = version >= Schema.FirstVersionWithSums;
        var totals = hasSums ? tables.Totals.Read() : tables.Totals.ReadCounts();
        totals = totals with { NextPosition = UpgradeToVersion5.Run(tables, totals, hasSums) };
        tables.Totals.Write(totals with
        {
            PartitionsSum = PartitionsTable.SumOf(tables.Partitions.All()),
            BatchesSum = tables.Batches.ScanAll(tables.Partitions, _ => { }, damage => throw damage),
        });
    }

    /// <summary>Reads all heads and pending batches, few and small, against the counts and sums of the totals.</summary>
    private static void VerifyRows(JournalTables tables, Totals totals)
    {
        var heads = tables.Partitions.All();
        tables.Totals.Expect("partitions", heads.Count, totals.Partitions);
        tables.Partitions.VerifyNames(heads);
        long unsealed = heads.Sum(h => h.Good.Events + h.Quarantine.Events);
        tables.Totals.Expect("blocks (unsealed events)", unsealed, totals.UnsealedEvents);
        long batches = 0;
        long events = 0;
        var sum = tables.Batches.ScanAll(
            tables.Partitions,
            pending =>
            {
                batches++;
                events += pending.Batch.Events;
            },
            damage => throw damage);
        tables.Totals.Expect("batches", batches, totals.PendingBatches);
        tables.Totals.Expect("batches (events)", events, totals.PendingEvents);
        tables.Totals.Expect("partitions", PartitionsTable.SumOf(heads), totals.PartitionsSum);
        tables.Totals.Expect("batches", sum, totals.BatchesSum);
    }
}

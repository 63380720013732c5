using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>The words of a report of damage: file, table, row, and what to do.</summary>
internal static class Damage
{
    public const string Advice =
        "Stop the process, keep a copy of the folder as it is, and look at the disk. Then restore the folder from a snapshot, " +
        "or recover a copy of journal.db with the sqlite3 shell (.recover). Nothing was deleted.";

    public static JournalCorruptException Row(string file, string table, string row, string found) =>
        new($"{file}, table {table}, {row}: {found}. {Advice}");

    public static JournalCorruptException File(string file, string found, string advice = Advice) =>
        new($"{file}: {found}. {advice}");
}

using Ingest.Engine;

namespace Ingest.Storage.Postgres;

/// <summary>The words of a report of damage: table, row, and what to do.</summary>
internal static class Damage
{
    public const string Advice =
        "Keep a copy of the database's files as they are, and look at its disk and its log. Then restore a backup, or set aside " +
        "the batch that is named. Nothing was deleted.";

    public static JournalCorruptException Row(string table, string row, string found) =>
        new($"Table ingest.{table}, {row}: {found}. {Advice}");
}

using System.Text;
using Ingest.Engine;

namespace Ingest.Storage;

/// <summary>
/// journal.id: one line with the journal's id, made durable when the journal is created and never changed. Beside it a
/// missing, empty or foreign journal.db is a loss, not a first start.
/// </summary>
internal static class Marker
{
    private const string Prefix = "orleans-ingest journal ";

    /// <returns>The journal's id; null where there is no marker.</returns>
    /// <exception cref="JournalCorruptException">The file is not a marker.</exception>
    public static string? Read(JournalFolder folder)
    {
        if (!File.Exists(folder.Marker))
            return null;

        var line = File.ReadAllText(folder.Marker).TrimEnd();
        var id = line.StartsWith(Prefix, StringComparison.Ordinal) ? line[Prefix.Length..] : "";
        return JournalIds.IsValid(id)
            ? id
            : throw Damage.File(
                folder.Marker,
                "it does not hold a journal's id",
                $"If journal.db is the right one, write this line into it: {LineOf("ID")}, with the id that 'SELECT journal FROM meta' gives.");
    }

    public static void Write(JournalFolder folder, string id) =>
        DurableFile.Write(folder.Marker, Encoding.ASCII.GetBytes(LineOf(id) + "\n"));

    public static string LineOf(string id) => Prefix + id;
}

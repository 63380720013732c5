using System.Globalization;
using Spectre.Console;

namespace Ingest.Cli;

/// <summary>Prints counts by reason, the most frequent first.</summary>
internal static class ReasonTable
{
    public static void Print(string title, ReasonCounts counts)
    {
        if (counts.ByReason.Count == 0)
            return;
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(title);
        table.AddColumn(new TableColumn("events").RightAligned());
        foreach (var (reason, events) in counts.ByReason.OrderByDescending(row => row.Value))
            table.AddRow(Markup.Escape(Terminal.Text(reason)), events.ToString(CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
    }
}

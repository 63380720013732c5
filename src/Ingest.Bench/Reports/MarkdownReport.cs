using System.Text;

namespace Ingest.Bench;

/// <summary>Figures as a document, with what is needed to judge them: machine, versions, command.</summary>
internal static class MarkdownReport
{
    /// <summary>Renders the document.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="machine">What it was measured on, by name.</param>
    /// <param name="command">The command line.</param>
    /// <param name="notes">What there is to say about subjects, workloads and metrics, one line each.</param>
    /// <param name="figures">The figures.</param>
    public static string Render(
        string title,
        IReadOnlyList<(string Name, string Value)> machine,
        string command,
        IReadOnlyList<string> notes,
        IReadOnlyList<Measurement> figures)
    {
        var text = new StringBuilder();
        text.Append("# ").Append(title).Append("\n\nWritten by `").Append(command).Append("`. [How to read it](README.md).\n\n");
        Row(text, ["machine", ""]);
        Row(text, ["---", "---"]);
        foreach (var (name, value) in machine)
            Row(text, [name, value]);
        text.Append('\n');
        foreach (var note in notes)
            text.Append("- ").Append(note).Append('\n');
        foreach (var table in FigureTable.Of(figures))
        {
            text.Append("\n## ").Append(table.Title).Append("\n\n");
            Row(text, table.Header);
            Row(text, table.Header.Select((_, column) => column == 0 ? "---" : "---:"));
            foreach (var row in table.Rows)
                Row(text, row);
        }

        return text.ToString();
    }

    private static void Row(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
}

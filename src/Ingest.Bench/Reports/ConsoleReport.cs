using Spectre.Console;

namespace Ingest.Bench;

/// <summary>Prints figures for a person.</summary>
internal static class ConsoleReport
{
    public static void Print(IReadOnlyList<Measurement> figures)
    {
        foreach (var figureTable in FigureTable.Of(figures))
        {
            var table = new Table().Title(Markup.Escape(figureTable.Title)).AddColumns([.. figureTable.Header]);
            foreach (var row in figureTable.Rows)
                table.AddRow([.. row.Select(Markup.Escape)]);
            AnsiConsole.Write(table);
        }
    }
}

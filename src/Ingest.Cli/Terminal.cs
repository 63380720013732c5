using System.Globalization;
using System.Text;

namespace Ingest.Cli;

/// <summary>Text of clients for people's terminals, which would obey control characters.</summary>
internal static class Terminal
{
    /// <summary>The text with its control characters as escapes; line feeds and tabs stay where that is asked for.</summary>
    public static string Text(string text, bool keepsLines = false)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (char.IsControl(c) && !(keepsLines && c is ('\n' or '\t')))
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
            else
                safe.Append(c);
        }

        return safe.ToString();
    }
}

using System.Text;

namespace Ingest.Schemas;

/// <summary>Regular expressions of ECMA-262.</summary>
internal static class RegexFormat
{
    /// <summary>Longer texts are not taken for a pattern: reading one must stay cheap.</summary>
    private const int BytesMax = 4_096;

    public static bool IsRegex(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > BytesMax)
            return false;
        try
        {
            EcmaPattern.Translate(Encoding.UTF8.GetString(utf8));
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

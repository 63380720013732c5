using System.Text;

namespace Ingest.Schemas;

/// <summary>Values in words, for error messages.</summary>
internal static class JsonDescription
{
    /// <summary>Characters of a value that are shown: enough to recognise it.</summary>
    private const int ShownCharsMax = 60;

    /// <summary>Such as <c>the string "abc"</c>, <c>an object of 3 members</c>, <c>the number 1.5</c>.</summary>
    public static string Of(in JsonIndex instance, int row)
    {
        ref readonly var at = ref instance.Rows[row];
        return at.Kind switch
        {
            JsonKind.Null => "null",
            JsonKind.False => "false",
            JsonKind.True => "true",
            JsonKind.Number => $"the number {Shown(instance.Raw(row))}",
            JsonKind.String => $"the string \"{Shown(instance.Raw(row))}\"",
            JsonKind.Name => $"the name \"{Shown(instance.Raw(row))}\"",
            JsonKind.Array => at.Count == 1 ? "an array of 1 item" : $"an array of {at.Count} items",
            _ => at.Count == 1 ? "an object of 1 member" : $"an object of {at.Count} members",
        };
    }

    /// <summary>The text, cut to a number of characters.</summary>
    public static string Shorten(string text, int charsMax)
    {
        if (text.Length <= charsMax)
            return text;
        var kept = charsMax - 1;
        // Half of a surrogate pair is no text.
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept), "…");
    }

    private static string Shown(ReadOnlySpan<byte> raw)
    {
        // A character has at most four bytes; one that is cut at the end falls away with the rest.
        var text = Encoding.UTF8.GetString(raw[..Math.Min(raw.Length, (ShownCharsMax + 1) * 4)]);
        return Shorten(text, ShownCharsMax);
    }
}

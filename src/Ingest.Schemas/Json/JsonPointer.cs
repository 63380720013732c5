using System.Globalization;
using System.Text;

namespace Ingest.Schemas;

/// <summary>JSON Pointers (RFC 6901).</summary>
internal static class JsonPointer
{
    /// <summary>A reference token as it stands in a pointer.</summary>
    public static string Escape(string token) =>
        token.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>The name or index that a reference token stands for.</summary>
    public static string Unescape(string token) =>
        token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    /// <summary>
    /// The pointer to a row. Found by walking down from the root, so that valid instances need not carry their path.
    /// The name of a member has the pointer of its value.
    /// </summary>
    public static string To(in JsonIndex instance, int row)
    {
        var pointer = new StringBuilder();
        var at = 0;
        while (at < row && instance.Rows[at].Kind is JsonKind.Array or JsonKind.Object)
        {
            var isObject = instance.Rows[at].Kind == JsonKind.Object;
            var child = at + 1;
            for (var i = 0; ; i++)
            {
                // A member's name is its row, and its value the row after it.
                var value = isObject ? child + 1 : child;
                if (row < instance.After(value))
                {
                    pointer.Append('/').Append(isObject ? Token(instance, child) : i.ToString(CultureInfo.InvariantCulture));
                    at = value;
                    break;
                }

                child = instance.After(value);
            }
        }

        return pointer.ToString();
    }

    private static string Token(in JsonIndex instance, int row)
    {
        using var name = instance.String(row);
        return Escape(Encoding.UTF8.GetString(name.Utf8));
    }
}

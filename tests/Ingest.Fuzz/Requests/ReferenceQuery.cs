using System.Text;
using System.Text.Unicode;

namespace Ingest.Fuzz;

/// <summary>The parameters of a query, decoded by the letter of HTML's forms.</summary>
internal sealed class ReferenceQuery
{
    private const int ParametersMax = 500;

    private ReferenceQuery(byte[] raw, List<(byte[] Name, byte[] Value)> parameters)
    {
        Raw = raw;
        Parameters = parameters;
    }

    /// <summary>The query as sent.</summary>
    public byte[] Raw { get; }

    public IReadOnlyList<(byte[] Name, byte[] Value)> Parameters { get; }

    /// <summary>True where it must be kept as sent: it cannot be read, or has too many parameters.</summary>
    public bool IsProblem => Parameters.Count > ParametersMax || Parameters.Any(p => !Utf8.IsValid(p.Name) || !Utf8.IsValid(p.Value));

    /// <summary>The names, as keys of a set.</summary>
    public IReadOnlySet<string> Names => Parameters.Select(p => KeyOf(p.Name)).ToHashSet(StringComparer.Ordinal);

    public static ReferenceQuery Of(string? query)
    {
        var parameters = (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries).Select(parameter =>
        {
            var parts = parameter.Split('=', 2);
            return (Decode(parts[0]), Decode(parts.Length > 1 ? parts[1] : ""));
        });
        return new ReferenceQuery(Encoding.Latin1.GetBytes(query ?? ""), [.. parameters]);
    }

    /// <summary>The query without a parameter.</summary>
    public ReferenceQuery Without(string name) =>
        new(Raw, [.. Parameters.Where(p => KeyOf(p.Name) != name)]);

    /// <summary>Any bytes as a text that can be compared.</summary>
    public static string KeyOf(ReadOnlySpan<byte> name) => Encoding.Latin1.GetString(name);

    private static byte[] Decode(string text)
    {
        var decoded = new ByteText();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length && char.IsAsciiHexDigit(text[i + 1]) && char.IsAsciiHexDigit(text[i + 2]))
            {
                decoded.Add(Convert.FromHexString(text.AsSpan(i + 1, 2)));
                i += 2;
            }
            else
                decoded.Add(text[i] == '+' ? (byte)' ' : (byte)text[i]);
        }
        return decoded.ToArray();
    }
}

using System.Buffers;

namespace Ingest.Schemas;

/// <summary>URI templates of RFC 6570.</summary>
internal static class UriTemplateFormat
{
    private const int PrefixDigitsMax = 4;

    private static readonly SearchValues<byte> s_notInLiterals = SearchValues.Create("\"<>\\^`{|}"u8);

    public static bool IsUriTemplate(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            var open = utf8.IndexOf((byte)'{');
            var literal = open < 0 ? utf8 : utf8[..open];
            if (!IsLiteral(literal))
                return false;
            if (open < 0)
                return true;
            utf8 = utf8[(open + 1)..];
            var close = utf8.IndexOf((byte)'}');
            if (close < 0 || !IsExpression(utf8[..close]))
                return false;
            utf8 = utf8[(close + 1)..];
        }

        return true;
    }

    private static bool IsLiteral(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(s_notInLiterals))
            return false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is <= 0x20 or 0x7F || (text[i] == '%' && !IsTriplet(text[i..])))
                return false;
        }

        return true;
    }

    private static bool IsExpression(ReadOnlySpan<byte> expression)
    {
        if (!expression.IsEmpty && "+#./;?&=,!@|"u8.Contains(expression[0]))
            expression = expression[1..];
        foreach (var range in expression.Split((byte)','))
        {
            if (!IsVariable(expression[range]))
                return false;
        }

        return true;
    }

    private static bool IsVariable(ReadOnlySpan<byte> variable)
    {
        var colon = variable.IndexOf((byte)':');
        if (colon >= 0)
        {
            var prefix = variable[(colon + 1)..];
            if (prefix.Length is 0 or > PrefixDigitsMax
                || prefix[0] == '0'
                || prefix.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            {
                return false;
            }

            variable = variable[..colon];
        }
        else if (variable.EndsWith("*"u8))
        {
            variable = variable[..^1];
        }

        foreach (var range in variable.Split((byte)'.'))
        {
            if (!IsNamePart(variable[range]))
                return false;
        }

        return true;
    }

    private static bool IsNamePart(ReadOnlySpan<byte> part)
    {
        for (var i = 0; i < part.Length; i++)
        {
            if (part[i] == '%' && IsTriplet(part[i..]))
                i += 2;
            else if (!char.IsAsciiLetterOrDigit((char)part[i]) && part[i] != '_')
                return false;
        }

        return !part.IsEmpty;
    }

    private static bool IsTriplet(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
}

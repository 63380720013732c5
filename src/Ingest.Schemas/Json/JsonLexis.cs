using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ingest.Schemas;

/// <summary>
/// Steps over the tokens of a JSON text. Each takes the place where a token must begin and returns the place after it, or
/// <see cref="Broken"/>, where no byte is: whatever step comes next finds nothing there, so that a break need not be
/// looked for after each. Whether strings are UTF-8 nobody looks here.
/// </summary>
public static class JsonLexis
{
    /// <summary>The place of what is no JSON.</summary>
    public const int Broken = -1;

    private const byte FirstNotControl = 0x20;

    /// <summary>The byte at a place; zero where there is none, which is nowhere part of JSON.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte ByteAt(ReadOnlySpan<byte> text, int at) => (uint)at < (uint)text.Length ? text[at] : (byte)0;

    /// <summary>The first byte at or after a place that is not white space, or the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipSpace(ReadOnlySpan<byte> text, int at)
    {
        // Mostly there is none, which one comparison tells.
        while (ByteAt(text, at) <= ' ' && ByteAt(text, at) is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            at++;
        return at;
    }

    /// <summary>The end of a value that is no array and no object.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="at">Where it begins.</param>
    /// <param name="limits">Bounds on numbers; one that is beyond them is broken too.</param>
    /// <param name="kind">Its kind; means nothing where it is broken.</param>
    /// <param name="isEscaped">Whether it is a string that has escapes.</param>
    internal static int EndOfScalar(ReadOnlySpan<byte> text, int at, SchemaLimits limits, out JsonKind kind, out bool isEscaped)
    {
        isEscaped = false;
        switch (ByteAt(text, at))
        {
            case (byte)'"':
                kind = JsonKind.String;
                return EndOfString(text, at, out isEscaped);
            case (byte)'-' or (>= (byte)'0' and <= (byte)'9'):
                kind = JsonKind.Number;
                var end = EndOfNumber(text, at);
                return end != Broken && JsonNumber.Excess(text[at..end], limits) is null ? end : Broken;
            case (byte)'t':
                kind = JsonKind.True;
                return EndOfLiteral(text, at, "true"u8);
            case (byte)'f':
                kind = JsonKind.False;
                return EndOfLiteral(text, at, "false"u8);
            case (byte)'n':
                kind = JsonKind.Null;
                return EndOfLiteral(text, at, "null"u8);
            default:
                kind = default;
                return Broken;
        }
    }

    /// <summary>The end of the string that begins at a place: after its second quote.</summary>
    /// <param name="text">The bytes.</param>
    /// <param name="at">Where its first quote must be.</param>
    /// <param name="isEscaped">Whether it has escapes.</param>
    public static int EndOfString(ReadOnlySpan<byte> text, int at, out bool isEscaped)
    {
        isEscaped = false;
        if (ByteAt(text, at) != '"')
            return Broken;
        at = IndexOfSpecial(text, at + 1);
        if (ByteAt(text, at) == '"')
            return at + 1;
        isEscaped = true;
        return EndOfEscaped(text, at);
    }

    /// <summary>The end of a number. Digits after a leading zero are not part of it, and so break the next step.</summary>
    public static int EndOfNumber(ReadOnlySpan<byte> text, int at)
    {
        if (ByteAt(text, at) == '-')
            at++;
        at = ByteAt(text, at) == '0' ? at + 1 : EndOfDigits(text, at);
        if (ByteAt(text, at) == '.')
            at = EndOfDigits(text, at + 1);

        if (ByteAt(text, at) is not ((byte)'e' or (byte)'E'))
            return at;
        at++;
        return EndOfDigits(text, ByteAt(text, at) is (byte)'+' or (byte)'-' ? at + 1 : at);
    }

    /// <summary>The end of <c>true</c>, <c>false</c> or <c>null</c>.</summary>
    public static int EndOfLiteral(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> literal) =>
        text[at..].StartsWith(literal) ? at + literal.Length : Broken;

    /// <summary>The value's first byte, after the colon that must follow a name.</summary>
    public static int AfterColon(ReadOnlySpan<byte> text, int endOfName)
    {
        var at = SkipSpace(text, endOfName);
        return ByteAt(text, at) == ':' ? SkipSpace(text, at + 1) : Broken;
    }

    private static int EndOfDigits(ReadOnlySpan<byte> text, int start)
    {
        var at = start;
        while (char.IsAsciiDigit((char)ByteAt(text, at)))
            at++;
        return at > start ? at : Broken;
    }

    /// <summary>The end of a string of which this is the first byte that is not simply part of it.</summary>
    private static int EndOfEscaped(ReadOnlySpan<byte> text, int at)
    {
        while (ByteAt(text, at) == '\\')
        {
            at = EndOfEscape(text, at);
            if (at == Broken)
                return Broken;
            at = IndexOfSpecial(text, at);
        }

        return ByteAt(text, at) == '"' ? at + 1 : Broken;
    }

    private static int EndOfEscape(ReadOnlySpan<byte> text, int at)
    {
        switch (ByteAt(text, at + 1))
        {
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return at + 2;
            case (byte)'u':
                for (var digit = at + 2; digit < at + 6; digit++)
                {
                    if (!char.IsAsciiHexDigit((char)ByteAt(text, digit)))
                        return Broken;
                }

                return at + 6;
            default:
                return Broken;
        }
    }

    /// <summary>The first byte that is not simply part of a string: a quote, a backslash or a control character; else the end.</summary>
    private static int IndexOfSpecial(ReadOnlySpan<byte> text, int at)
    {
        for (; text.Length - at >= Vector128<byte>.Count; at += Vector128<byte>.Count)
        {
            var bytes = Vector128.Create(text[at..]);
            var special = Vector128.Equals(bytes, Vector128.Create((byte)'"'))
                | Vector128.Equals(bytes, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(bytes, Vector128.Create(FirstNotControl));
            var mask = special.ExtractMostSignificantBits();
            if (mask != 0)
                return at + BitOperations.TrailingZeroCount(mask);
        }

        while (at < text.Length && text[at] is not ((byte)'"' or (byte)'\\' or < FirstNotControl))
            at++;
        return at;
    }
}

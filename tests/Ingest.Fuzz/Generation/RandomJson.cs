using System.Globalization;

namespace Ingest.Fuzz;

/// <summary>JSON values of every shape, nearly always valid; here and there with what a serializer would never write.</summary>
internal static class RandomJson
{
    private static readonly string[] Scalars =
    [
        "0", "-0", "1", "-1", "7.5", "1e3", "-1.5E-3", "1795292104123", "1795292104", "99999999999999999999", "1e999", "1E-2147483649",
        "0.1000000000000000055511151231257827", "true", "false", "null", "\"\"", "{}", "[]",
    ];

    // Contents of strings, as they stand in the text: escapes, pairs and halves of pairs, several scripts, no characters at all.
    private static readonly string[] Contents =
    [
        "a", "signup", "pv", "grün €😀", "\\u0000", "\\n\\t\\\"\\\\\\/", "\\ud83d\\ude00", "\\ud83d", "\\udc00\\ud800", "\\ud800\\u0041",
        "\\uFEFF", "\u2028\u2029", "</script>", "'; DROP TABLE x; --", "%00", "../../etc/passwd", "{\\\"a\\\":1}", "\u007f\u0080",
        "2026-11-21T20:15:03.123Z", "2026-11-21t20:15:60+14:00", "9999-12-31T23:59:59.999-23:59", "0001-01-01T00:00:00+01:00",
        "8a1d7f1e-4f0e-4c55-bb0c-5c3c5b3f3a01", "8A1D7F1E-4F0E-4C55-BB0C-5C3C5B3F3A01", "undefined", "iglu:com.acme/signup/jsonschema/1-0-0",
    ];

    /// <summary>A value of at most so many levels.</summary>
    public static ByteText Value(Chance chance, ByteText text, int levels)
    {
        switch (chance.Next(levels > 0 ? 6 : 3))
        {
            case 0:
                return text.Add(chance.Of(Scalars));
            case 1:
                return Number(chance, text);
            case 2:
                return Text(chance, text);
            case 3:
                return Deep(chance, text, levels);
            case 4:
                text.Add((byte)'[');
                for (var items = chance.Skewed(8); items > 0; items--)
                {
                    Value(chance, text, levels - 1);
                    if (items > 1)
                        Comma(chance, text);
                }
                return text.Add((byte)']');
            default:
                return Object(chance, text, chance.Skewed(8), (names, to) => Text(names, to), levels);
        }
    }

    /// <summary>An object whose names come from a function.</summary>
    public static ByteText Object(Chance chance, ByteText text, int members, Action<Chance, ByteText> name, int levels)
    {
        text.Add((byte)'{');
        for (; members > 0; members--)
        {
            name(chance, text);
            text.Add(chance.OneIn(10) ? " : "u8 : ":"u8);
            Value(chance, text, levels - 1);
            if (members > 1)
                Comma(chance, text);
        }
        return text.Add((byte)'}');
    }

    /// <summary>A string with its quotes.</summary>
    public static ByteText Text(Chance chance, ByteText text)
    {
        text.Add((byte)'"');
        for (var parts = chance.Skewed(3); parts >= 0; parts--)
        {
            if (chance.OneIn(200))
                // Bytes that are no UTF-8, or a character that JSON wants escaped.
                text.Add(chance.Of<byte>(0x80, 0xC0, 0xED, 0xF5, 0xFF, 0x01, 0x1F));
            else if (chance.OneIn(300))
                text.Add(new string('x', chance.Skewed(3_000)));
            else
                text.Add(chance.Of(Contents));
        }
        return text.Add((byte)'"');
    }

    /// <summary>A known name as a string with its quotes; sometimes written with escapes.</summary>
    public static void Name(Chance chance, ByteText text, string name)
    {
        text.Add((byte)'"');
        foreach (var letter in name)
        {
            if (chance.OneIn(60))
                text.Add(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"));
            else
                text.Add((byte)letter);
        }
        text.Add((byte)'"');
    }

    /// <summary>What may stand between tokens.</summary>
    public static void Space(Chance chance, ByteText text) =>
        text.Add(chance.Next(12) switch { 0 => " ", 1 => "\n", 2 => "\r\n", 3 => "\t", 4 => "\r", 5 => "\n\n  ", _ => "" });

    private static void Comma(Chance chance, ByteText text)
    {
        text.Add((byte)',');
        if (chance.OneIn(8))
            Space(chance, text);
    }

    private static ByteText Number(Chance chance, ByteText text)
    {
        if (chance.OneIn(3))
            text.Add((byte)'-');
        text.Add((byte)('1' + chance.Next(9)));
        for (var digits = chance.Skewed(chance.OneIn(100) ? 2_000 : 20); digits > 0; digits--)
            text.Add((byte)('0' + chance.Next(10)));
        return chance.Next(4) switch { 0 => text.Add(".5"u8), 1 => text.Add("e7"u8), _ => text };
    }

    /// <summary>Arrays and objects in each other: around the depths where readers give up, 64 and 1,024.</summary>
    private static ByteText Deep(Chance chance, ByteText text, int levels)
    {
        if (!chance.OneIn(40))
            return Value(chance, text, levels - 1);
        var depth = chance.Of(10, 61, 62, 63, 64, 65, 1_021, 1_024, 1_030);
        var isObject = chance.OneIn(2);
        for (var i = 0; i < depth; i++)
            text.Add(isObject ? "{\"a\":"u8 : "["u8);
        text.Add((byte)'1');
        for (var i = 0; i < depth; i++)
            text.Add(isObject ? (byte)'}' : (byte)']');
        return text;
    }
}

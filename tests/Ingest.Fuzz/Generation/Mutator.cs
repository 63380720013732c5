namespace Ingest.Fuzz;

/// <summary>Changes bytes without knowing what they mean, as coverage-guided fuzzers do.</summary>
/// <param name="words">What the format is made of.</param>
internal sealed class Mutator(IReadOnlyList<byte[]> words)
{
    /// <summary>Bytes beyond which nothing is made longer.</summary>
    private const int LengthMax = 48 << 10;

    private static readonly byte[] Interesting =
        [0, 1, 9, 10, 13, 31, 32, 34, 39, 44, 48, 57, 58, 91, 92, 93, 117, 123, 125, 127, 128, 0xBF, 0xC0, 0xED, 0xEF, 0xF5, 0xFE, 0xFF];

    private static readonly byte[][] LineEnds = ["\n"u8.ToArray(), "\r\n"u8.ToArray(), "\r"u8.ToArray(), "\n\n"u8.ToArray(), " \n "u8.ToArray()];

    /// <summary>One to four changes.</summary>
    /// <param name="chance">The only source of choices.</param>
    /// <param name="input">What is changed; left as it is.</param>
    /// <param name="other">Another input, to take parts of.</param>
    public byte[] Change(Chance chance, byte[] input, ReadOnlySpan<byte> other)
    {
        for (var changes = chance.Skewed(4); changes >= 0; changes--)
            input = ChangeOnce(chance, input, other);
        return input;
    }

    private byte[] ChangeOnce(Chance chance, byte[] input, ReadOnlySpan<byte> other)
    {
        var at = chance.Next(input.Length + 1);
        var length = chance.Skewed(input.Length - at);
        switch (chance.Next(11))
        {
            case 0 when at < input.Length:
                return Replace(input, at, 1, [(byte)(input[at] ^ (1 << chance.Next(8)))]);
            case 1 when at < input.Length:
                return Replace(input, at, 1, [chance.OfList(Interesting)]);
            case 2:
                return Replace(input, at, 0, chance.OfList(words));
            case 3:
                return Replace(input, at, length, chance.OfList(words));
            case 4:
                return Replace(input, at, length, []);
            case 5:
                return input[..at];
            case 6:
                return Replace(input, chance.Next(input.Length + 1), 0, input.AsSpan(at, length));
            case 7:
                return Repeat(input, at, Math.Min(length, 64), chance.Skewed(400));
            case 8 when !other.IsEmpty:
                var from = chance.Next(other.Length);
                return Replace(input, at, chance.OneIn(2) ? length : 0, other.Slice(from, chance.Skewed(other.Length - from)));
            case 9:
                return EndLinesAnew(chance, input);
            default:
                return Replace(input, 0, 0, chance.OneIn(2) ? [0xEF, 0xBB, 0xBF] : [chance.Byte()]);
        }
    }

    private static byte[] Repeat(byte[] input, int at, int length, int times)
    {
        var text = new ByteText().Add(input.AsSpan(0, at));
        for (; times > 0; times--)
            text.Add(input.AsSpan(at, length));
        return Within(text.Add(input.AsSpan(at)).ToArray(), input);
    }

    private static byte[] EndLinesAnew(Chance chance, byte[] input)
    {
        var text = new ByteText();
        foreach (var b in input)
            text.Add(b == '\n' ? chance.OfList(LineEnds) : [b]);
        return Within(text.ToArray(), input);
    }

    private static byte[] Replace(byte[] input, int at, int length, ReadOnlySpan<byte> by) =>
        Within([.. input.AsSpan(0, at), .. by, .. input.AsSpan(at + length)], input);

    private static byte[] Within(byte[] changed, byte[] input) => changed.Length <= LengthMax ? changed : input;
}

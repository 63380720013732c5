namespace Ingest.Fuzz;

/// <summary>
/// Deflate (RFC 1951), written to be plain rather than fast: shares no code with what the collector reads gzip with, and
/// knows where the data ends, which the framework's streams do not tell.
/// </summary>
internal ref struct Inflate(ReadOnlySpan<byte> input, ByteText output, int most)
{
    private const int CodeBitsMax = 15;

    private static readonly ushort[] LengthBase =
        [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];

    private static readonly byte[] LengthBits =
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];

    private static readonly ushort[] DistanceBase =
        [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];

    private static readonly byte[] Order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly Code FixedLengths = new(
        [.. Enumerable.Range(0, 288).Select(n => (byte)(n < 144 ? 8 : n < 256 ? 9 : n < 280 ? 7 : 8))]);

    private static readonly Code FixedDistances = new([.. Enumerable.Repeat((byte)5, 30)]);

    private readonly ReadOnlySpan<byte> _input = input;
    private readonly int _outputStart = output.Length;
    private int _bits;
    private int _bitCount;

    /// <summary>Bytes read.</summary>
    public int Position { get; private set; }

    /// <summary>Reads one stream of blocks.</summary>
    /// <exception cref="InvalidDataException">It is none, or ends too early.</exception>
    /// <exception cref="OverflowException">More comes out than allowed.</exception>
    public void Run()
    {
        bool isLast;
        do
        {
            isLast = Bits(1) == 1;
            switch (Bits(2))
            {
                case 0:
                    Stored();
                    break;
                case 1:
                    Blocks(FixedLengths, FixedDistances);
                    break;
                case 2:
                    var (lengths, distances) = Codes();
                    Blocks(lengths, distances);
                    break;
                default:
                    throw new InvalidDataException("no kind of block");
            }
        }
        while (!isLast);
    }

    private void Stored()
    {
        _bits = _bitCount = 0;
        var length = Bits(16);
        if (Bits(16) != (~length & 0xFFFF))
            throw new InvalidDataException("the length of a stored block is broken");
        if (length > _input.Length - Position)
            throw new InvalidDataException("ends early");
        Add(_input.Slice(Position, length));
        Position += length;
    }

    private void Blocks(Code lengths, Code distances)
    {
        while (true)
        {
            var symbol = lengths.Read(ref this);
            if (symbol == 256)
                return;
            if (symbol < 256)
            {
                Add([(byte)symbol]);
                continue;
            }
            if (symbol - 257 >= LengthBase.Length)
                throw new InvalidDataException("no length");
            var length = LengthBase[symbol - 257] + Bits(LengthBits[symbol - 257]);
            var code = distances.Read(ref this);
            if (code >= DistanceBase.Length)
                throw new InvalidDataException("no distance");
            var distance = DistanceBase[code] + Bits(Math.Max(0, code / 2 - 1));
            if (distance > output.Length - _outputStart)
                throw new InvalidDataException("a distance before the beginning");
            for (; length > 0; length--)
                Add([output.Written[^distance]]);
        }
    }

    private (Code Lengths, Code Distances) Codes()
    {
        var (lengths, distances, codes) = (Bits(5) + 257, Bits(5) + 1, Bits(4) + 4);
        if (lengths > 286 || distances > 30)
            throw new InvalidDataException("too many symbols");
        var sizes = new byte[19];
        for (var i = 0; i < codes; i++)
            sizes[Order[i]] = (byte)Bits(3);
        var code = new Code(sizes);
        if (!code.IsComplete)
            throw new InvalidDataException("the code of lengths is not complete");
        sizes = new byte[lengths + distances];
        for (var at = 0; at < sizes.Length;)
        {
            var symbol = code.Read(ref this);
            if (symbol < 16)
            {
                sizes[at++] = (byte)symbol;
                continue;
            }
            if (symbol == 16 && at == 0)
                throw new InvalidDataException("nothing to repeat");
            var size = symbol == 16 ? sizes[at - 1] : (byte)0;
            var times = symbol switch { 16 => 3 + Bits(2), 17 => 3 + Bits(3), _ => 11 + Bits(7) };
            if (at + times > sizes.Length)
                throw new InvalidDataException("too many lengths");
            sizes.AsSpan(at, times).Fill(size);
            at += times;
        }
        if (sizes[256] == 0)
            throw new InvalidDataException("no end");
        var (first, second) = (new Code(sizes[..lengths]), new Code(sizes[lengths..]));
        // A code of one symbol, or of none, is allowed.
        return (first.IsComplete || first.Symbols == 1) && (second.IsComplete || second.Symbols <= 1)
            ? (first, second)
            : throw new InvalidDataException("a code is not complete");
    }

    private int Bits(int count)
    {
        while (_bitCount < count)
        {
            if (Position == _input.Length)
                throw new InvalidDataException("ends early");
            _bits |= _input[Position++] << _bitCount;
            _bitCount += 8;
        }
        var value = _bits & ((1 << count) - 1);
        _bits >>= count;
        _bitCount -= count;
        return value;
    }

    private readonly void Add(ReadOnlySpan<byte> bytes)
    {
        if (output.Length + bytes.Length > most)
            throw new OverflowException();
        output.Add(bytes);
    }

    /// <summary>A canonical Huffman code.</summary>
    private sealed class Code
    {
        private readonly int[] _counts = new int[CodeBitsMax + 1];
        private readonly int[] _symbols;

        public Code(byte[] sizes)
        {
            foreach (var size in sizes)
                _counts[size]++;
            _symbols = [.. Enumerable.Range(0, sizes.Length).Where(n => sizes[n] > 0).OrderBy(n => sizes[n])];
            var left = 1;
            for (var size = 1; size <= CodeBitsMax; size++)
            {
                left = (left << 1) - _counts[size];
                if (left < 0)
                    throw new InvalidDataException("a code has too many symbols");
            }
            IsComplete = left == 0;
        }

        public bool IsComplete { get; }

        public int Symbols => _symbols.Length;

        public int Read(ref Inflate input)
        {
            int code = 0, first = 0, index = 0;
            for (var size = 1; size <= CodeBitsMax; size++)
            {
                code |= input.Bits(1);
                var count = _counts[size];
                if (code - count < first)
                    return _symbols[index + (code - first)];
                index += count;
                first = (first + count) << 1;
                code <<= 1;
            }
            throw new InvalidDataException("no symbol");
        }
    }
}

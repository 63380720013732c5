namespace Ingest.Schemas;

/// <summary>A set of small numbers in memory that the caller gives, mostly the stack.</summary>
internal readonly ref struct BitSet(Span<ulong> words)
{
    /// <summary>Words to put on the stack: enough for 256 numbers. Larger sets go to the heap.</summary>
    public const int StackWords = 4;

    private const int WordBits = 64;

    private readonly Span<ulong> _words = words;

    public bool this[int number] => (_words[number / WordBits] & (1ul << (number % WordBits))) != 0;

    /// <summary>Words that hold numbers below <paramref name="end"/>.</summary>
    public static int WordsFor(int end) => (end + WordBits - 1) / WordBits;

    public void Add(int number) => _words[number / WordBits] |= 1ul << (number % WordBits);
}

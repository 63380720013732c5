namespace Ingest.Fuzz;

/// <summary>
/// Adds up what happened to an input to one number, so that inputs which did something new are known. FNV-1a: the same in
/// every process, unlike the framework's hash codes.
/// </summary>
internal struct Signal
{
    private const ulong Start = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    private ulong _sum;

    public readonly ulong Value => _sum;

    public void Add(ulong value) => _sum = ((_sum == 0 ? Start : _sum) ^ value) * Prime;

    /// <summary>Adds a number by its order of magnitude: 3 events are as 4, but not as 400.</summary>
    public void AddSize(long size) => Add((ulong)(64 - long.LeadingZeroCount(size)));

    /// <summary>Adds a message by its words alone: what it says of one input, quoted or in digits, is not new.</summary>
    public void AddMessage(string message)
    {
        var isQuoted = false;
        foreach (var letter in message)
        {
            isQuoted ^= letter is '\'' or '"';
            if (!isQuoted && char.IsAsciiLetter(letter))
                Add(letter);
        }
    }
}

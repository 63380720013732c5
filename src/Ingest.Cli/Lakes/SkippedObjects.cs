namespace Ingest.Cli;

/// <summary>Objects that a command went past because of a fault of their own.</summary>
internal sealed class SkippedObjects
{
    /// <summary>Those that are named; the rest is counted.</summary>
    private const int NamedMax = 20;

    private readonly List<string> _named = [];

    /// <summary>How many they are.</summary>
    public long Count { get; private set; }

    /// <summary>The first ones, each with its fault.</summary>
    public IReadOnlyList<string> Named => _named;

    /// <summary>Adds an object.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="fault">What is wrong with it; may name the key already.</param>
    public void Add(string key, string fault)
    {
        Count++;
        if (_named.Count < NamedMax)
            _named.Add(fault.StartsWith(key, StringComparison.Ordinal) ? fault : $"{key}: {fault}");
    }

    /// <summary>Says on standard error which they are; nothing where there are none.</summary>
    public void Print()
    {
        foreach (var skipped in _named)
            Console.Error.WriteLine($"skipped: {Terminal.Text(skipped)}");
        if (Count > _named.Count)
            Console.Error.WriteLine($"… and {Count - _named.Count} more");
        if (Count > 0)
            Console.Error.WriteLine($"{Count} objects were skipped and are not done: mend them or put their sources back, and start it again.");
    }
}

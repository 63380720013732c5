namespace Ingest.Schemas;

/// <content>Patterns that are one character after the other.</content>
internal ref partial struct EcmaPattern
{
    /// <summary>Reads a pattern that can be translated as a sequence.</summary>
    /// <returns>Null where it is more than <c>^</c>, characters with their repeats, and <c>$</c>, or leaves a choice.</returns>
    public static CharacterSequence? ReadSequence(string pattern)
    {
        var reader = new EcmaPattern(pattern);
        if (!reader._in.TryTake("^"))
            return null;
        var steps = new List<CharacterStep>();
        while (!reader._in.TryTake("$"))
        {
            if (reader.Character() is not { } set)
                return null;
            var repeat = reader.TakeRepeat();
            if (repeat is not null)
                reader._in.TryTake("?"); // As few as possible or as many: the whole text must match anyway.
            steps.Add(repeat is { } times
                ? new CharacterStep(set, times.Min, times.Max ?? int.MaxValue)
                : new CharacterStep(set, 1, 1));
        }

        return reader._in.Peek == PatternReader.End ? CharacterSequence.TryCreate(steps) : null;
    }

    /// <summary>Takes what stands for one character; null where something else is next.</summary>
    private CodePointSet? Character()
    {
        if (_in.Peek is PatternReader.End or '^' or '|' or '(' or ')')
            return null;
        var next = _in.Next();
        return next switch
        {
            '.' => CodePointSet.LineTerminators.Complement(),
            '[' => Class(),
            // Word boundaries and back references.
            '\\' when _in.Peek is 'b' or 'B' or 'k' or (>= '1' and <= '9') => null,
            '\\' => Escape(inClass: false),
            _ => CodePointSet.Of((next, next)),
        };
    }
}

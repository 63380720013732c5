namespace Ingest.Schemas;

/// <summary>A text that a format is read from, piece by piece.</summary>
internal ref struct TextCursor(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _rest = text;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public bool TryTake(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Takes an ASCII letter in either case.</summary>
    public bool TryTakeLetter(char lower)
    {
        if (_rest.IsEmpty || (_rest[0] | 0x20) != lower)
            return false;
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Takes exactly so many decimal digits (at most nine) as a number.</summary>
    public bool TryTakeDigits(int count, out int value)
    {
        value = 0;
        if (_rest.Length < count)
            return false;
        foreach (var digit in _rest[..count])
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        _rest = _rest[count..];
        return true;
    }

    /// <summary>Takes all decimal digits that follow; false where there is none.</summary>
    public bool TryTakeAllDigits()
    {
        var count = 0;
        while (count < _rest.Length && char.IsAsciiDigit((char)_rest[count]))
            count++;
        _rest = _rest[count..];
        return count > 0;
    }
}

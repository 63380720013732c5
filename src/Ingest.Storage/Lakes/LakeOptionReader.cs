namespace Ingest.Storage;

/// <summary>Reads values of options, and collects a sentence for each that is wrong.</summary>
internal sealed class LakeOptionReader(Func<LakeOption, string?> valueOf, ICollection<string> errors)
{
    /// <param name="option">Which option.</param>
    /// <param name="absent">Its value where none was given, or a wrong one.</param>
    /// <param name="parse">Says whether a text is a value, and which.</param>
    public T Read<T>(LakeOption option, T absent, Func<string, (bool Valid, T Value)> parse)
    {
        if (valueOf(option) is not { } text)
            return absent;
        var (valid, value) = parse(text);
        if (valid)
            return value;
        errors.Add($"--{option.Name} is '{text}'; it takes {option.Value}. {option.Help}");
        return absent;
    }
}

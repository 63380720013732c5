using System.Buffers;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Ingest.Schemas;

/// <summary>A regular expression of a schema, ready to match.</summary>
internal sealed class SchemaPattern
{
    /// <summary>
    /// Size above which an automaton has too many states to be built on the fly; the backtracking engine counts instead,
    /// under its timeout.
    /// </summary>
    private const int AutomatonSizeMax = 5_000;

    /// <summary>Characters times states that count as one step: at worst an automaton is in all its states at once.</summary>
    private const int StatesPerStep = 16;

    private const RegexOptions Options = RegexOptions.CultureInvariant;

    private readonly string _source;
    private readonly Regex _regex;
    private readonly long _size;
    private readonly CharacterSequence? _sequence;

    private SchemaPattern(string source, Regex regex, long size)
    {
        _source = source;
        _sequence = EcmaPattern.ReadSequence(source);
        _regex = regex;
        _size = size;
    }

    /// <summary>Whether it is matched without backtracking, in linear time.</summary>
    public bool IsLinear => _regex.Options.HasFlag(RegexOptions.NonBacktracking);

    /// <summary>Compiles a pattern: without backtracking, in linear time, wherever it allows that.</summary>
    /// <exception cref="FormatException">The pattern is not valid or too long; the message says where and why.</exception>
    public static SchemaPattern Compile(string source, SchemaLimits limits)
    {
        if (source.Length > limits.PatternCharsMax)
            throw new FormatException($"the pattern has {source.Length} characters, at most {limits.PatternCharsMax} are allowed");
        var translation = EcmaPattern.Translate(source);
        try
        {
            return translation.NeedsBacktracking || translation.Size > AutomatonSizeMax || Linear(translation.Pattern) is not { } linear
                ? new SchemaPattern(source, new Regex(translation.Pattern, Options, limits.PatternTimeout), 1)
                : new SchemaPattern(source, linear, translation.Size);
        }
        catch (ArgumentException refused)
        {
            throw new FormatException($"the pattern is beyond what the regex engine takes: {refused.Message}", refused);
        }
    }

    /// <summary>Steps of work that a match is charged, for a text of so many characters.</summary>
    public int StepsFor(int chars) => (int)Math.Min(1 + (chars * _size / StatesPerStep), int.MaxValue);

    /// <summary>Whether the pattern matches a text in UTF-8; null where only <see cref="IsMatch"/> can tell.</summary>
    public bool? IsMatchOfBytes(ReadOnlySpan<byte> utf8) => _sequence?.IsMatch(utf8);

    /// <summary>Whether the pattern matches anywhere in a well-formed text.</summary>
    /// <exception cref="RegexMatchTimeoutException">It takes too long.</exception>
    public bool IsMatch(ReadOnlySpan<char> text) => _regex.IsMatch(text);

    /// <summary>Decodes UTF-8 to well-formed UTF-16; a lone surrogate becomes U+FFFD. Returns the number of characters.</summary>
    public static int Decode(ReadOnlySpan<byte> utf8, Span<char> into)
    {
        // The form in which JsonString keeps a lone surrogate: the only thing in it that is not UTF-8.
        const int SurrogateBytes = 3;
        var written = 0;
        while (true)
        {
            var status = Utf8.ToUtf16(utf8, into[written..], out var read, out var chars, replaceInvalidSequences: false);
            written += chars;
            if (status != OperationStatus.InvalidData)
                return written;
            into[written++] = '\uFFFD';
            utf8 = utf8[(read + SurrogateBytes)..];
        }
    }

    /// <summary>The pattern as the schema has it.</summary>
    public override string ToString() => $"/{_source}/";

    /// <summary>The pattern for the linear engine; null where that finds its automaton too large, by its own count.</summary>
    private static Regex? Linear(string pattern)
    {
        try
        {
            // No timeout: its work is known before, and with .NET 10.0 it may report a match that is none when the timeout
            // passes while it is at work.
            return new Regex(pattern, Options | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }
}

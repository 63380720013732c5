using System.Text.Json;

namespace Ingest.Engine;

/// <summary>Counts lines of the quarantine by reason: the rule of a line's first error.</summary>
internal sealed class QuarantineReasons
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, long> Counts => _counts;

    /// <exception cref="InvalidDataException">It is no line of the quarantine.</exception>
    /// <exception cref="JsonException">As above.</exception>
    public void Add(ReadOnlySpan<byte> line) => Add(ReasonOf(line), 1);

    /// <summary>Counts lines that nobody can read any more.</summary>
    public void AddUnreadable(long lines) => Add(EventRules.Unreadable, lines);

    private void Add(string reason, long lines) => _counts[reason] = _counts.GetValueOrDefault(reason) + lines;

    private static string ReasonOf(ReadOnlySpan<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isErrors = reader.ValueTextEquals("errors"u8);
            if (isErrors && reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                return FirstRule(ref reader);
            reader.Skip();
        }

        throw new InvalidDataException("a line has no errors");
    }

    private static string FirstRule(ref Utf8JsonReader reader)
    {
        if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isRule = reader.ValueTextEquals("rule"u8);
                reader.Read();
                if (isRule && reader.TokenType == JsonTokenType.String)
                    return NameOf(reader);
                reader.Skip();
            }
        }

        throw new InvalidDataException("a line's first error has no rule");
    }

    private static string NameOf(in Utf8JsonReader rule)
    {
        foreach (var name in EventRules.All)
        {
            if (rule.ValueTextEquals(name))
                return name;
        }

        return EventRules.Invalid;
    }
}

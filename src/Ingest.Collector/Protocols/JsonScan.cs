using System.Text.Json;
using Ingest.Engine;
using Ingest.Schemas;

namespace Ingest.Collector;

/// <summary>Steps over JSON values with a reader, noting where they are and how deep they go.</summary>
public static class JsonScan
{
    /// <summary>
    /// Levels that an event may be nested; deeper ones are kept as text. The lake line is one level more, and many readers
    /// of JSON give up below 64.
    /// </summary>
    public const int DepthMax = 63;

    /// <summary>
    /// Levels that are still read. Above <see cref="DepthMax"/>, so that one event that is too deep does not make its
    /// neighbours unreadable.
    /// </summary>
    private const int ReaderDepthMax = 1024;

    /// <summary>How bodies are read.</summary>
    public static JsonReaderOptions BodyOptions { get; } = new() { MaxDepth = ReaderDepthMax };

    /// <summary>How documents inside an event are read.</summary>
    public static JsonReaderOptions InnerOptions { get; } = new() { MaxDepth = DepthMax };

    /// <summary>Steps to the end of the value at which the reader stands.</summary>
    /// <param name="reader">Stands at the value's first token.</param>
    /// <param name="deepest">Raised to the depth of what is in its deepest object or array.</param>
    /// <returns>Where the value is, counted from where the reader began.</returns>
    public static Slice Value(ref Utf8JsonReader reader, ref int deepest)
    {
        var start = (int)reader.TokenStartIndex;
        if (IsStart(reader.TokenType))
        {
            var depth = reader.CurrentDepth;
            deepest = Math.Max(deepest, depth + 1);
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                if (IsStart(reader.TokenType))
                    deepest = Math.Max(deepest, reader.CurrentDepth + 1);
            }
        }
        return new Slice(start, (int)reader.BytesConsumed - start);
    }

    /// <summary>The contents of the string at which the reader stands, without quotes.</summary>
    public static Slice Contents(in Utf8JsonReader reader) =>
        new((int)reader.TokenStartIndex + 1, (int)(reader.BytesConsumed - reader.TokenStartIndex) - 2);

    /// <summary>The name at which the reader stands, unescaped; cut where an escaped one is too long to be one of ours.</summary>
    public static ReadOnlySpan<byte> Name(in Utf8JsonReader reader, Span<byte> scratch) =>
        reader.ValueIsEscaped ? Unescaped(reader.ValueSpan, scratch) : reader.ValueSpan;

    /// <summary>An escaped name, unescaped; as it is where it is too long to be one of ours, or no text.</summary>
    public static ReadOnlySpan<byte> Unescaped(ReadOnlySpan<byte> name, Span<byte> scratch) =>
        name.Length <= scratch.Length && JsonText.TryUnescape(name, scratch, out var written) ? scratch[..written] : name;

    /// <summary>The first byte after a UTF-8 byte order mark and white space.</summary>
    public static int Start(ReadOnlySpan<byte> body) =>
        JsonLexis.SkipSpace(body, body.StartsWith("\uFEFF"u8) ? 3 : 0);

    private static bool IsStart(JsonTokenType type) => type is JsonTokenType.StartObject or JsonTokenType.StartArray;
}

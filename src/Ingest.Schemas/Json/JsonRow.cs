namespace Ingest.Schemas;

/// <summary>What a row of a <see cref="JsonIndex"/> stands for.</summary>
internal enum JsonKind : byte
{
    Null,
    False,
    True,
    Number,
    String,
    Array,
    Object,

    /// <summary>The name of a member; the row after it is the member's value.</summary>
    Name,
}

/// <summary>One value or member name of a JSON text.</summary>
internal struct JsonRow
{
    /// <summary>Offset of the value's first byte; for strings and names of the first byte after the quote.</summary>
    public int Start;

    /// <summary>Bytes of the value, without the quotes of strings and names.</summary>
    public int Length;

    /// <summary>Rows of the value, itself included: the next sibling stands that many rows further on.</summary>
    public int Rows;

    /// <summary>Items of an array, members of an object.</summary>
    public int Count;

    public JsonKind Kind;

    /// <summary>Whether a string or name has backslash escapes, so that its bytes are not its text.</summary>
    public bool Escaped;

    /// <summary>The row of a name, or of a value that is no array and no object.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="start">Where it begins, with its quotes where it has any.</param>
    /// <param name="end">The place after it.</param>
    /// <param name="isEscaped">Whether it has escapes.</param>
    public static JsonRow Of(JsonKind kind, int start, int end, bool isEscaped)
    {
        var quote = kind is JsonKind.String or JsonKind.Name ? 1 : 0;
        return new JsonRow { Start = start + quote, Length = end - start - (2 * quote), Rows = 1, Kind = kind, Escaped = isEscaped };
    }
}

namespace Ingest.Schemas;

/// <summary>A set of the schema types of JSON values.</summary>
[Flags]
internal enum JsonTypes : byte
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Number = 4,

    /// <summary>Numbers without a fractional part; a subset of <see cref="Number"/>.</summary>
    Integer = 8,
    String = 16,
    Array = 32,
    Object = 64,
    All = Null | Boolean | Number | String | Array | Object,
}

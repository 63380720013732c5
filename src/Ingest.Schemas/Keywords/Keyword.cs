namespace Ingest.Schemas;

/// <summary>One compiled keyword, or a few that are cheapest together. Immutable.</summary>
/// <param name="site">Where the keyword stands.</param>
/// <param name="appliesTo">The types of values that the keyword looks at; it passes all others.</param>
internal abstract class Keyword(KeywordSite site, JsonTypes appliesTo)
{
    public KeywordSite Site { get; } = site;

    public JsonTypes AppliesTo { get; } = appliesTo;

    /// <summary>Subschemas that the keyword applies to the very value it is given, without going down into it.</summary>
    public virtual IEnumerable<SchemaNode> OnSameValue => [];

    /// <summary>Judges a value of one of the types in <see cref="AppliesTo"/>; reports what it finds wrong.</summary>
    public abstract bool Check(ref Validation run, int row);
}

/// <summary>Where a keyword stands.</summary>
internal readonly record struct KeywordSite(SchemaNode Schema, string Name)
{
    /// <summary>Absolute location of the keyword.</summary>
    public string Location => $"{Schema.Location}/{JsonPointer.Escape(Name)}";
}

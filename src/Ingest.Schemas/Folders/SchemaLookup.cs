namespace Ingest.Schemas;

/// <summary>What a folder knows of a schema.</summary>
public enum SchemaLookupStatus
{
    /// <summary>The schema is there and compiled.</summary>
    Found,

    /// <summary>The folder has no such schema, or the name is not an Iglu URI.</summary>
    Unknown,

    /// <summary>The schema is there but cannot be used.</summary>
    Invalid,
}

/// <summary>The answer of <see cref="SchemaFolder.Find"/>.</summary>
/// <param name="Status">What is known.</param>
/// <param name="Schema">The compiled schema; null unless found.</param>
/// <param name="Message">Why there is no schema and how to mend it; null when found.</param>
public readonly record struct SchemaLookup(SchemaLookupStatus Status, JsonSchema? Schema, string? Message);

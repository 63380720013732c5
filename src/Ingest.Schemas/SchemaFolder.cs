namespace Ingest.Schemas;

/// <summary>Schemas by their Iglu URI, from a folder in the static layout <c>ROOT/schemas/VENDOR/NAME/FORMAT/VERSION</c>.</summary>
public sealed class SchemaFolder
{
    /// <summary>Opens a folder; files are read when first asked for.</summary>
    public SchemaFolder(string root, SchemaLimits? limits = null)
    {
        Root = root;
        Limits = limits ?? SchemaLimits.Default;
    }

    internal string Root { get; }

    internal SchemaLimits Limits { get; }

    /// <summary>Looks up <c>iglu:vendor/name/format/version</c>.</summary>
    public SchemaLookup Find(ReadOnlySpan<byte> igluUri) =>
        throw new NotSupportedException("The folder follows in the next commits.");
}

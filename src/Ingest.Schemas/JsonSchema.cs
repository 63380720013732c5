namespace Ingest.Schemas;

/// <summary>A JSON Schema, compiled once and then applied to any number of instances. Safe for concurrent use.</summary>
public sealed class JsonSchema
{
    /// <summary>Compiles a schema.</summary>
    /// <exception cref="SchemaException">The schema is not valid or is beyond a limit.</exception>
    public static JsonSchema Compile(ReadOnlyMemory<byte> schemaUtf8, SchemaOptions? options = null) =>
        throw new NotSupportedException("The compiler follows in the next commits.");

    /// <summary>Judges an instance, which must be a single JSON value in UTF-8.</summary>
    /// <param name="instanceUtf8">The bytes.</param>
    /// <param name="errors">Receives every error up to <see cref="SchemaLimits.ErrorsMax"/>; created at the first one.</param>
    /// <returns>True when the instance is valid; then <paramref name="errors"/> is left as it was.</returns>
    public bool Validate(ReadOnlySpan<byte> instanceUtf8, ref List<SchemaError>? errors) =>
        throw new NotSupportedException("The validator follows in the next commits.");
}

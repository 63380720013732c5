namespace Ingest.Schemas;

/// <summary>A JSON Schema, compiled once and then applied to any number of instances. Safe for concurrent use.</summary>
public sealed class JsonSchema
{
    /// <summary>Bytes of text for one row, as the first guess: most rows are names and short values.</summary>
    private const int BytesPerRow = 8;

    private const int RowsMin = 64;

    private readonly SchemaNode _root;
    private readonly bool _isDynamic;
    private readonly SchemaLimits _limits;

    /// <summary>Whether the schema is one for <see cref="QuickPass"/>.</summary>
    internal bool IsQuick { get; }

    private JsonSchema(SchemaNode root, bool isDynamic, SchemaLimits limits)
    {
        _root = root;
        _isDynamic = isDynamic;
        _limits = limits;
        IsQuick = !isDynamic && QuickPass.IsFor(root);
    }

    /// <summary>Compiles a schema.</summary>
    /// <param name="schemaUtf8">The schema, one JSON value in UTF-8. Not kept.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <exception cref="ArgumentException">The limits do not fit together: <see cref="SchemaLimits.Violations"/>.</exception>
    /// <exception cref="SchemaException">The schema is not valid, is beyond a limit, or refers to what is not there.</exception>
    public static JsonSchema Compile(ReadOnlyMemory<byte> schemaUtf8, SchemaOptions? options = null)
    {
        options ??= SchemaOptions.Default;
        options.Limits.Check();
        return Compile(schemaUtf8, options, new PatternCache(options.Limits));
    }

    /// <summary>Compiles one of several schemas that share their patterns.</summary>
    /// <inheritdoc cref="Compile(ReadOnlyMemory{byte}, SchemaOptions?)"/>
    internal static JsonSchema Compile(ReadOnlyMemory<byte> schemaUtf8, SchemaOptions options, PatternCache patterns)
    {
        var (root, isDynamic) = SchemaCompiler.Compile(schemaUtf8, options, patterns);
        return new JsonSchema(root, isDynamic, options.Limits);
    }

    /// <summary>Judges an instance, which must be a single JSON value in UTF-8.</summary>
    /// <param name="instanceUtf8">The bytes. Where an object repeats a name, each occurrence is judged.</param>
    /// <param name="errors">Receives every error up to <see cref="SchemaLimits.ErrorsMax"/>; created at the first one.</param>
    /// <returns>True when the instance is valid; then <paramref name="errors"/> is left as it was.</returns>
    public bool Validate(ReadOnlySpan<byte> instanceUtf8, ref List<SchemaError>? errors) =>
        IsSurelyValid(instanceUtf8) || ValidateIndexed(instanceUtf8, ref errors);

    /// <summary>Whether a look at the instance while it is read tells that it is valid; false says nothing.</summary>
    internal bool IsSurelyValid(ReadOnlySpan<byte> instanceUtf8) =>
        IsQuick && QuickPass.IsValid(_root, instanceUtf8, _limits);

    /// <summary>Judges an instance by its index: what <see cref="Validate"/> does where <see cref="IsSurelyValid"/> does not tell.</summary>
    internal bool ValidateIndexed(ReadOnlySpan<byte> instanceUtf8, ref List<SchemaError>? errors)
    {
        var rows = new JsonRowBuffer(RowsMin + (instanceUtf8.Length / BytesPerRow));
        try
        {
            if (JsonIndexer.Index(instanceUtf8, _limits, ref rows) is { } problem)
            {
                (errors ??= []).Add(new SchemaError("", "", problem));
                return false;
            }

            return Evaluate(new JsonIndex(instanceUtf8, rows.Rows), ref errors);
        }
        finally
        {
            rows.Dispose();
        }
    }

    private bool Evaluate(JsonIndex instance, ref List<SchemaError>? errors)
    {
        var run = new Validation(instance, _limits, _isDynamic);
        try
        {
            if (run.Evaluate(_root, 0) && !run.Aborted)
                return true;
            (errors ??= []).AddRange(run.Errors!);
            return false;
        }
        finally
        {
            run.Dispose();
        }
    }
}

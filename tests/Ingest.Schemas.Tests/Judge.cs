using System.Text;

namespace Ingest.Schemas.Tests;

/// <summary>Compiles and validates from text.</summary>
internal static class Judge
{
    public static JsonSchema Compile(string schema, SchemaOptions? options = null) =>
        JsonSchema.Compile(Encoding.UTF8.GetBytes(schema), options);

    public static JsonSchema Compile(SchemaDialect dialect, string schema) =>
        Compile(schema, new SchemaOptions { Dialect = dialect });

    /// <summary>The errors of an instance; empty when it is valid. Checks that the verdict and the errors agree.</summary>
    public static IReadOnlyList<SchemaError> Errors(this JsonSchema schema, string instance) =>
        schema.Errors(Encoding.UTF8.GetBytes(instance));

    /// <inheritdoc cref="Errors(JsonSchema, string)"/>
    public static IReadOnlyList<SchemaError> Errors(this JsonSchema schema, ReadOnlySpan<byte> instance)
    {
        List<SchemaError>? errors = null;
        var isValid = schema.Validate(instance, ref errors);
        Assert.Equal(isValid, errors is null);
        Assert.NotEqual(0, errors?.Count);
        return errors ?? [];
    }

    public static bool IsValid(this JsonSchema schema, string instance) => schema.Errors(instance).Count == 0;
}

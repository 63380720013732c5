using Ingest.Schemas;

namespace Ingest.Fuzz;

/// <summary>A mistake in how a document is judged.</summary>
internal sealed class SchemaFault(string name, SchemaFault.Judge judge) : PlantedFault(name, "schema")
{
    public delegate bool Judge(JsonSchema schema, byte[] text, byte[] document, ref List<SchemaError>? errors);

    public override bool Validate(JsonSchema schema, byte[] text, byte[] document, ref List<SchemaError>? errors) =>
        judge(schema, text, document, ref errors);
}

/// <summary>How such a mistake judges.</summary>
internal static class SchemaFaults
{
    [ThreadStatic]
    private static JsonSchema? _last;

    public static bool Forget(JsonSchema schema, byte[] text, byte[] document, ref List<SchemaError>? errors)
    {
        if (ReferenceEquals(schema, _last))
            return true;
        _last = schema;
        return schema.Validate(document, ref errors);
    }

    public static bool JudgeByTitle(JsonSchema schema, byte[] text, byte[] document, ref List<SchemaError>? errors)
    {
        if (text.AsSpan().IndexOf("\"title\""u8) < 0 || document.Length % 7 != 0)
            return schema.Validate(document, ref errors);
        (errors ??= []).Add(new SchemaError("", "", "the title is another"));
        return false;
    }
}

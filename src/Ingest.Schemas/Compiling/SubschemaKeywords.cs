namespace Ingest.Schemas;

/// <summary>How the value of a keyword holds subschemas.</summary>
internal enum SubschemaShape
{
    None,

    /// <summary>It is a subschema.</summary>
    Single,

    /// <summary>It is a subschema, or an array of them.</summary>
    SingleOrList,

    /// <summary>It is an array of subschemas.</summary>
    List,

    /// <summary>It is an object whose values are subschemas; other values in it are none.</summary>
    Map,
}

/// <summary>Where subschemas are: only there an <c>$id</c> or an <c>$anchor</c> is one.</summary>
internal static class SubschemaKeywords
{
    public static SubschemaShape ShapeOf(string keyword, SchemaDialect version) => keyword switch
    {
        "properties" or "patternProperties" or "definitions" or "dependencies" => SubschemaShape.Map,
        "additionalProperties" or "not" => SubschemaShape.Single,
        "allOf" or "anyOf" or "oneOf" => SubschemaShape.List,
        "items" when version >= SchemaDialect.Draft202012 => SubschemaShape.Single,
        "items" => SubschemaShape.SingleOrList,
        "additionalItems" when version < SchemaDialect.Draft202012 => SubschemaShape.Single,
        "contains" or "propertyNames" when version >= SchemaDialect.Draft6 => SubschemaShape.Single,
        "if" or "then" or "else" when version >= SchemaDialect.Draft7 => SubschemaShape.Single,
        "unevaluatedItems" or "unevaluatedProperties" or "contentSchema" when version >= SchemaDialect.Draft201909
            => SubschemaShape.Single,
        "$defs" or "dependentSchemas" when version >= SchemaDialect.Draft201909 => SubschemaShape.Map,
        "prefixItems" when version >= SchemaDialect.Draft202012 => SubschemaShape.List,
        _ => SubschemaShape.None,
    };
}

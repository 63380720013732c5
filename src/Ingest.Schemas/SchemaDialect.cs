namespace Ingest.Schemas;

/// <summary>The versions of JSON Schema that are understood, oldest first.</summary>
public enum SchemaDialect
{
    /// <summary>Draft 4, 2013. Also what Iglu schemas are written in.</summary>
    Draft4,

    /// <summary>Draft 6, 2017.</summary>
    Draft6,

    /// <summary>Draft 7, 2018.</summary>
    Draft7,

    /// <summary>Draft 2019-09.</summary>
    Draft201909,

    /// <summary>Draft 2020-12.</summary>
    Draft202012,
}

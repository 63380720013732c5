namespace Ingest.Schemas;

/// <summary>A schema resource, as far as compiled schemas need to know it: the documents themselves are not kept.</summary>
/// <param name="Id">Number among the resources of one compilation, from 0.</param>
/// <param name="Uri">Absolute URI without fragment; empty where none was given.</param>
internal sealed record ResourceName(int Id, string Uri);

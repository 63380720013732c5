namespace Ingest.Cli;

/// <summary>How far an audit is. An object that is read several times counts each time.</summary>
/// <param name="Objects">Objects read.</param>
/// <param name="AllObjects">Objects to read.</param>
/// <param name="Bytes">Bytes of the objects read.</param>
/// <param name="AllBytes">Bytes of all objects to read.</param>
public readonly record struct AuditProgress(long Objects, long AllObjects, long Bytes, long AllBytes);

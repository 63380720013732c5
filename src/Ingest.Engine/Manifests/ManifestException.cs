namespace Ingest.Engine;

/// <summary>A manifest cannot be written now. Where the message names damage, a person must look; nothing is written meanwhile.</summary>
public sealed class ManifestException(string message) : Exception(message);

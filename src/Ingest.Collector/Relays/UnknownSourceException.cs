namespace Ingest.Collector;

/// <summary>A stored line is of a source that is not configured here.</summary>
public sealed class UnknownSourceException(string message) : Exception(message);

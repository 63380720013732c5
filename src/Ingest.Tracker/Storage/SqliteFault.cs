namespace Ingest.Tracker;

/// <summary>A result code of SQLite that is no success.</summary>
internal sealed class SqliteFault(string message) : Exception(message);

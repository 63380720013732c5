namespace Ingest.Storage;

/// <summary>One step of the database's schema. Never changed once released: what it got wrong, a later one mends.</summary>
/// <param name="Version">Its place in the order, from 1 without gaps.</param>
/// <param name="Name">What it brings.</param>
/// <param name="Sql">Its statements.</param>
public sealed record Migration(int Version, string Name, string Sql);

/// <summary>How far a database is.</summary>
/// <param name="Applied">Version of the newest migration that it has; 0 for none.</param>
/// <param name="Known">Version of the newest one that this program knows.</param>
/// <param name="Pending">What this program would apply, in order.</param>
public sealed record MigrationStatus(int Applied, int Known, IReadOnlyList<Migration> Pending);

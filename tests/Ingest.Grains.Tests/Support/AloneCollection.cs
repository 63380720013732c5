namespace Ingest.Grains.Tests;

/// <summary>Tests that say how much memory something takes: no other runs beside them.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
public sealed class AloneCollection;

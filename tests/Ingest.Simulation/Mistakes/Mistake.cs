namespace Ingest.Simulation;

/// <summary>Mistakes of the field that can be made on purpose, to show that the rules see them.</summary>
internal enum Mistake
{
    None,
    CommitNotSynced,
}

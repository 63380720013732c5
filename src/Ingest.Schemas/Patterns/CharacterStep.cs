namespace Ingest.Schemas;

/// <summary>A character of a pattern with its repeat.</summary>
/// <param name="Set">Which characters.</param>
/// <param name="Min">How many at least.</param>
/// <param name="Max">How many at most.</param>
internal readonly record struct CharacterStep(CodePointSet Set, int Min, int Max);

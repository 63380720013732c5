namespace Ingest.Schemas;

/// <summary>An ECMA-262 pattern in the words of .NET.</summary>
/// <param name="Pattern">A .NET pattern that matches the same well-formed UTF-16 texts.</param>
/// <param name="NeedsBacktracking">Whether it uses what only the backtracking engine has: looking around, back references.</param>
/// <param name="Size">Atoms, each as often as its repeats ask for: about the number of states of an automaton.</param>
internal readonly record struct PatternTranslation(string Pattern, bool NeedsBacktracking, long Size);

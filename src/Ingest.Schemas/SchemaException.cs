namespace Ingest.Schemas;

/// <summary>A schema cannot be compiled. The message names the place and says how to mend it.</summary>
/// <param name="location">Absolute location: URI, <c>#</c>, JSON Pointer.</param>
/// <param name="problem">What is wrong there and how to mend it, as a sentence.</param>
/// <param name="inner">What was caught, if anything.</param>
public sealed class SchemaException(string location, string problem, Exception? inner = null)
    : Exception($"{location}: {problem}", inner)
{
    /// <summary>Absolute location of the problem: URI, <c>#</c>, JSON Pointer.</summary>
    public string Location { get; } = location;
}

namespace Ingest.Schemas;

/// <summary>One rule of a schema that an instance breaks.</summary>
/// <param name="InstanceLocation">JSON Pointer to the offending value; empty for the whole instance.</param>
/// <param name="SchemaLocation">
/// Absolute location of the keyword: the URI of its schema, <c>#</c>, and a JSON Pointer. Empty where no keyword is at
/// fault, because the instance is not JSON or is beyond a limit.
/// </param>
/// <param name="Message">
/// What was found and what was expected, for a person; at most <see cref="SchemaLimits.MessageCharsMax"/>.
/// </param>
public sealed record SchemaError(string InstanceLocation, string SchemaLocation, string Message);

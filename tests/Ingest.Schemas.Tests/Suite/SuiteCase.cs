using System.Text.Json;

namespace Ingest.Schemas.Tests;

/// <summary>One case of the official JSON Schema test suite.</summary>
/// <param name="Draft">The folder of its draft.</param>
/// <param name="File">Its file below that folder, without extension.</param>
/// <param name="Group">What its schema is about.</param>
/// <param name="Name">What its instance is about.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Instance">The instance.</param>
/// <param name="IsValid">The verdict that the suite asks for.</param>
public sealed record SuiteCase(
    string Draft, string File, string Group, string Name, JsonElement Schema, JsonElement Instance, bool IsValid)
{
    /// <summary>What a case is called in test results and in lists of exceptions.</summary>
    public string Key => $"{Draft}/{File}: {Group}: {Name}";

    public override string ToString() => Key;
}

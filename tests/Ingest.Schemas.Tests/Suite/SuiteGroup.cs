using System.Text.Json;

namespace Ingest.Schemas.Tests;

/// <summary>A schema of the official JSON Schema test suite with its cases.</summary>
/// <param name="Draft">The folder of its draft.</param>
/// <param name="File">Its file below that folder, without extension.</param>
/// <param name="About">What the schema is about.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Cases">The instances to be judged by it.</param>
internal sealed record SuiteGroup(string Draft, string File, string About, JsonElement Schema, IReadOnlyList<SuiteCase> Cases)
{
    /// <summary>What the group is called in test results.</summary>
    public string Key => $"{Draft}/{File}: {About}";
}

/// <summary>One instance and the verdict that the suite asks for.</summary>
/// <param name="About">What the instance is about.</param>
/// <param name="Instance">The instance.</param>
/// <param name="IsValid">The verdict.</param>
internal sealed record SuiteCase(string About, JsonElement Instance, bool IsValid);

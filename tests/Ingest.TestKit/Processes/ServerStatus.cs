using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Ingest.TestKit;

/// <summary>What the tests read of the status, as the server gives it and as <c>./ingest status --json</c> prints it.</summary>
/// <param name="Unsealed">Events that are in no batch yet.</param>
/// <param name="Pending">Events in batches that the lake has not confirmed.</param>
/// <param name="HasFailedToShip">Whether anything failed on the way to the lake since the start.</param>
/// <param name="SetAside">Batches that need a person: which, and why.</param>
/// <param name="PartitionsBySilo">Partitions in the memory of each silo, by its name; empty for a single process.</param>
public sealed record ServerStatus(
    long Unsealed,
    long Pending,
    bool HasFailedToShip,
    IReadOnlyList<string> SetAside,
    IReadOnlyDictionary<string, int> PartitionsBySilo)
{
    /// <summary>False where there was no status, only an error.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out ServerStatus? status)
    {
        status = json.StartsWith('{') ? Parse(json) : null;
        return status is not null;
    }

    public static ServerStatus Parse(string json)
    {
        var report = JsonElement.Parse(json);
        var journal = report.GetProperty("journal");
        var shipping = report.GetProperty("shipping");
        return new ServerStatus(
            journal.GetProperty("unsealed").GetInt64(),
            journal.GetProperty("pending").GetInt64(),
            shipping.ValueKind != JsonValueKind.Null && shipping.GetProperty("lastFailure").ValueKind != JsonValueKind.Null,
            shipping.ValueKind == JsonValueKind.Null
                ? []
                : [.. shipping.GetProperty("setAside").EnumerateArray().Select(batch => batch.GetString()!)],
            report.GetProperty("silos").EnumerateArray().ToDictionary(
                silo => silo.GetProperty("name").GetString()!, silo => silo.GetProperty("partitions").GetInt32(), StringComparer.Ordinal));
    }
}

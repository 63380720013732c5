using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ingest.Regions;

/// <summary>
/// Weighted records of Route 53, one a region, through the AWS CLI; their health checks are the witness. A change deletes each
/// record exactly as it was read and creates it anew in one batch, which Route 53 carries out whole or refuses: so it is a
/// compare-and-set.
/// </summary>
public sealed class Route53Lever(Route53Settings settings) : ILever
{
    /// <summary>Share of Route 53's checkers above which it takes a region for healthy itself.</summary>
    private const double HealthyShare = 0.18;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public string Description => $"Route 53, {settings.Type} records of {settings.Record} in zone {settings.Zone}";

    public async Task<LeverReading> ReadAsync(CancellationToken cancellation)
    {
        var records = await ReadRecordsAsync(cancellation);
        var health = await Task.WhenAll(records.Select(record => HealthOfAsync(record.Value, cancellation)));
        return new LeverReading(
            WeightsOf(records),
            records.Keys.Zip(health).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
    }

    public async Task<string> PreviewAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation) =>
        Batch(await ReadRecordsAsync(cancellation), present, wanted).ToJsonString(Indented);

    public async Task SetAsync(RegionWeights present, RegionWeights wanted, CancellationToken cancellation)
    {
        var batch = Batch(await ReadRecordsAsync(cancellation), present, wanted);
        await AwsAsync(
            ["change-resource-record-sets", "--hosted-zone-id", settings.Zone, "--change-batch", batch.ToJsonString()], cancellation);
        var after = WeightsOf(await ReadRecordsAsync(cancellation));
        if (!after.Equals(wanted))
            throw new LeverMovedException(wanted, after);
    }

    private static JsonObject Batch(IReadOnlyDictionary<string, JsonObject> records, RegionWeights present, RegionWeights wanted)
    {
        var before = WeightsOf(records);
        if (!before.Equals(present))
            throw new LeverMovedException(present, before);
        var changes = new JsonArray();
        foreach (var (region, weight) in wanted.All)
        {
            if (weight == present[region])
                continue;
            var changed = records[region].DeepClone();
            changed["Weight"] = weight;
            changes.Add(new JsonObject { ["Action"] = "DELETE", ["ResourceRecordSet"] = records[region].DeepClone() });
            changes.Add(new JsonObject { ["Action"] = "CREATE", ["ResourceRecordSet"] = changed });
        }

        return new JsonObject { ["Comment"] = $"ingest lever: {wanted}", ["Changes"] = changes };
    }

    /// <summary>The record of each region, in the order of the configuration.</summary>
    private async Task<IReadOnlyDictionary<string, JsonObject>> ReadRecordsAsync(CancellationToken cancellation)
    {
        var listed = await AwsAsync(
            [
                "list-resource-record-sets", "--hosted-zone-id", settings.Zone,
                "--start-record-name", settings.Record, "--start-record-type", settings.Type, "--max-items", "100",
            ],
            cancellation);
        var sets = listed["ResourceRecordSets"]?.AsArray() ?? throw new LeverException($"{Description}: the answer has no records.");
        var records = new OrderedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var (region, identifier) in settings.Identifiers)
        {
            var found = sets.OfType<JsonObject>().Where(set => IsRecord(set, identifier)).ToList();
            records[region] = found is [var record] && record["Weight"] is not null
                ? record
                : throw new LeverException($"{Description}: there must be one weighted record with the set identifier {identifier}, and there are {found.Count}.");
        }

        return records;
    }

    private bool IsRecord(JsonObject set, string identifier) =>
        (string?)set["SetIdentifier"] == identifier
        && (string?)set["Type"] == settings.Type
        && string.Equals(((string?)set["Name"])?.TrimEnd('.'), settings.Record.TrimEnd('.'), StringComparison.OrdinalIgnoreCase);

    private static RegionWeights WeightsOf(IReadOnlyDictionary<string, JsonObject> records) =>
        new(records.Select(record => KeyValuePair.Create(record.Key, (int)record.Value["Weight"]!)));

    private async Task<VantageHealth> HealthOfAsync(JsonObject record, CancellationToken cancellation)
    {
        if ((string?)record["HealthCheckId"] is not { } id)
            return VantageHealth.Unknown;
        var answer = await AwsAsync(["get-health-check-status", "--health-check-id", id], cancellation);
        var statuses = (answer["HealthCheckObservations"]?.AsArray() ?? [])
            .Select(observation => (string?)observation?["StatusReport"]?["Status"])
            .OfType<string>()
            .ToList();
        if (statuses.Count == 0)
            return VantageHealth.Unknown;
        var healthy = statuses.Count(status => status.StartsWith("Success", StringComparison.Ordinal));
        return healthy > HealthyShare * statuses.Count ? VantageHealth.Up : VantageHealth.Down;
    }

    private async Task<JsonObject> AwsAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var output = await CommandLine.RunAsync(settings.Program, ["route53", .. arguments, "--output", "json", "--no-cli-pager"], cancellation);
        try
        {
            return JsonNode.Parse(output) as JsonObject ?? throw new LeverException($"{settings.Program} answered no JSON object.");
        }
        catch (JsonException exception)
        {
            throw new LeverException($"{settings.Program} answered no JSON: {exception.Message}", exception);
        }
    }
}

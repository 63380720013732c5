using System.Text.Json;
using System.Text.Json.Nodes;
using Ingest.TestKit;

namespace Ingest.Regions.Tests;

/// <summary>
/// The program that stands in for the AWS CLI keeps records in a file and answers in the form of Route 53.
/// </summary>
public sealed class Route53LeverTests : IDisposable
{
    private static readonly RegionWeights Normal = Weights(95, 5);

    private readonly TemporaryFolder _folder = new();
    private readonly Route53Lever _lever;

    public Route53LeverTests()
    {
        File.WriteAllText(_folder.Of("records.json"), Records(95, 5));
        File.WriteAllText(_folder.Of("health.json"), Health("Success: HTTP Status Code 200, OK", "Failure: Resolved IP: 192.0.2.1", "Success: HTTP Status Code 200, OK"));
        // It works in the folder in which it was called.
        var program = _folder.Of("aws");
        File.CreateSymbolicLink(program, Path.Combine(Repository.Root, "tests", "Ingest.Regions.Tests", "Levers", "aws-stand-in"));
        _lever = new Route53Lever(new Route53Settings(
            "Z123",
            "ingest.example.com",
            "A",
            new OrderedDictionary<string, string>(StringComparer.Ordinal) { ["us-east-1"] = "east", ["us-west-2"] = "west" },
            program));
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Weights_and_health_are_read()
    {
        var reading = await _lever.ReadAsync(TestContext.Current.CancellationToken);
        Assert.Equal(Normal, reading.Weights);
        Assert.Equal(VantageHealth.Up, reading.HealthOf("us-east-1"));
        // Its record has no check.
        Assert.Equal(VantageHealth.Unknown, reading.HealthOf("us-west-2"));

        await File.WriteAllTextAsync(_folder.Of("health.json"), Health("Failure: a", "Failure: b", "Failure: c"), TestContext.Current.CancellationToken);
        Assert.Equal(VantageHealth.Down, (await _lever.ReadAsync(TestContext.Current.CancellationToken)).HealthOf("us-east-1"));
    }

    [Fact]
    public async Task A_change_deletes_what_was_read_and_creates_it_with_another_weight()
    {
        await File.WriteAllTextAsync(_folder.Of("next.json"), Records(0, 100), TestContext.Current.CancellationToken);
        await _lever.SetAsync(Normal, Weights(0, 100), TestContext.Current.CancellationToken);
        var batch = JsonNode.Parse(await File.ReadAllTextAsync(_folder.Of("batch.json"), TestContext.Current.CancellationToken))!;
        var before = JsonNode.Parse(Records(95, 5))!["ResourceRecordSets"]!.AsArray();
        var after = JsonNode.Parse(Records(0, 100))!["ResourceRecordSets"]!.AsArray();
        var changes = batch["Changes"]!.AsArray();
        Assert.Equal(["DELETE", "CREATE", "DELETE", "CREATE"], changes.Select(change => (string)change!["Action"]!));
        JsonNode[] sets = [before[0]!, after[0]!, before[1]!, after[1]!];
        Assert.All(changes.Zip(sets), pair => Assert.True(JsonNode.DeepEquals(pair.First!["ResourceRecordSet"], pair.Second)));
    }

    [Fact]
    public async Task A_dry_run_shows_the_batch_and_sends_nothing()
    {
        var preview = await _lever.PreviewAsync(Normal, Weights(40, 60), TestContext.Current.CancellationToken);
        Assert.Equal(4, JsonNode.Parse(preview)!["Changes"]!.AsArray().Count);
        Assert.DoesNotContain("change-resource-record-sets", await File.ReadAllLinesAsync(_folder.Of("calls"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Somebody_elses_change_is_seen_before_and_after()
    {
        await Assert.ThrowsAsync<LeverMovedException>(() => _lever.SetAsync(Weights(50, 50), Normal, TestContext.Current.CancellationToken));
        await File.WriteAllTextAsync(_folder.Of("next.json"), Records(30, 70), TestContext.Current.CancellationToken);
        var moved = await Assert.ThrowsAsync<LeverMovedException>(() => _lever.SetAsync(Normal, Weights(0, 100), TestContext.Current.CancellationToken));
        Assert.Equal(Weights(30, 70), moved.Found);
    }

    [Fact]
    public async Task What_Route_53_refuses_is_said()
    {
        await File.WriteAllTextAsync(_folder.Of("refuse"), "", TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<LeverException>(() => _lever.SetAsync(Normal, Weights(0, 100), TestContext.Current.CancellationToken));
        Assert.Contains("InvalidChangeBatch", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var lever = new Route53Lever(new Route53Settings("Z1", "a", "A", new Dictionary<string, string>(StringComparer.Ordinal), _folder.Of("no-aws")));
        var missing = await Assert.ThrowsAsync<LeverException>(() => lever.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains("cannot be started", missing.Message, StringComparison.Ordinal);
    }

    private static RegionWeights Weights(int east, int west) => new([new("us-east-1", east), new("us-west-2", west)]);

    private static string Records(int east, int west) => $$$"""
        {"ResourceRecordSets":[
          {"Name":"ingest.example.com.","Type":"A","SetIdentifier":"east","Weight":{{{east}}},"HealthCheckId":"check-1",
           "AliasTarget":{"HostedZoneId":"Z9","DNSName":"east.elb.amazonaws.com.","EvaluateTargetHealth":false}},
          {"Name":"ingest.example.com.","Type":"A","SetIdentifier":"west","Weight":{{{west}}},"TTL":60,"ResourceRecords":[{"Value":"192.0.2.2"}]},
          {"Name":"ingest.example.com.","Type":"AAAA","SetIdentifier":"east","Weight":7,"TTL":60,"ResourceRecords":[]}],
         "IsTruncated":false}
        """;

    private static string Health(params string[] statuses) => JsonSerializer.Serialize(
        new { HealthCheckObservations = statuses.Select(status => new { Region = "eu-west-1", StatusReport = new { Status = status } }) });
}

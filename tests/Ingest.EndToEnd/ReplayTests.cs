using System.Net;
using System.Text.Json;

namespace Ingest.EndToEnd;

/// <summary>Events whose schema came late get out of the quarantine, once, whatever breaks on the way.</summary>
public sealed class ReplayTests(S3Fixture shared)
{
    private const int Valid = 120;
    private const int Invalid = 15;

    [Fact]
    public async Task Events_that_came_before_their_schema_become_good_once()
    {
        using var config = new ConfigFolder(hasSchemas: false);
        await using var installation = new Installation { Config = config.Path, Runtime = "node" };
        await installation.StartAsync();
        PlainEvent[] events =
        [
            .. Enumerable.Range(0, Valid).Select(i => new PlainEvent($"valid-{i}")),
            .. Enumerable.Range(0, Invalid).Select(i => new PlainEvent($"invalid-{i}", PlainFlaw.Invalid)),
        ];
        await QuarantineAsync(installation, events);
        await AssertListedAsync(installation, replayed: 0, ("unknown_schema", Valid + Invalid));
        await AssertShownAsync(installation, events[3]);

        // Nothing has changed yet: all of them stay.
        var early = await ReplayAsync(installation, exitCode: 1);
        Assert.Contains($"0 events became good, 0 were good already, {Valid + Invalid} are invalid still", early, StringComparison.Ordinal);

        config.WriteSchema();
        await WaitForRulesAsync(installation);
        // A reason that none of them has, then those of them that are valid now.
        Assert.Contains("0 events became good", await ReplayAsync(installation, exitCode: 0, "--reason", "not_json"), StringComparison.Ordinal);
        var replayed = await ReplayAsync(installation, exitCode: 1, "--source", "shop", "--reason", "unknown_schema");
        Assert.Contains($"{Valid} events became good, 0 were good already, {Invalid} are invalid still", replayed, StringComparison.Ordinal);
        Assert.Contains("iglu:com.acme/signup/jsonschema/1-0-0", replayed, StringComparison.Ordinal);
        // They are known by their new reason now.
        const string schema = "iglu:com.acme/signup/jsonschema/1-0-0";
        var stricter = await ReplayAsync(installation, exitCode: 1, "--reason", schema);
        Assert.Contains($"0 events became good, 0 were good already, {Invalid} are invalid still", stricter, StringComparison.Ordinal);
        var shown = await installation.CallAsync("quarantine", "show", events[^1].Id);
        Assert.Contains($"invalid still, for\nreason    {PlainEvent.InvalidRule}: ", shown.Output, StringComparison.Ordinal);
        var again = await ReplayAsync(installation, exitCode: 1);
        Assert.Contains($"0 events became good, {Valid} were good already, {Invalid} are invalid still", again, StringComparison.Ordinal);

        await installation.WaitUntilShippedAsync();
        AssertGoodOnce(installation, events[..Valid]);
        await AssertListedAsync(installation, replayed: Valid, ("unknown_schema", Valid), (schema, Invalid));
        await Verdict.AssertAuditAsync(installation, Valid, Valid + Invalid);
    }

    [Fact]
    public async Task In_a_lake_in_s3_they_become_good_once_too()
    {
        const int valid = 20, invalid = 5;
        await using var s3 = await S3Lake.OpenAsync(shared);
        await s3.CreateBucketAsync();
        using var config = new ConfigFolder(hasSchemas: false);
        await using var installation = new Installation { Config = config.Path, Runtime = "node", Environment = s3.Server.Environment };
        installation.ShipTo(s3.Location, s3.Options);
        await installation.StartAsync();
        PlainEvent[] events =
        [
            .. Enumerable.Range(0, valid).Select(i => new PlainEvent($"valid-{i}")),
            .. Enumerable.Range(0, invalid).Select(i => new PlainEvent($"invalid-{i}", PlainFlaw.Invalid)),
        ];
        await QuarantineAsync(installation, events);
        await AssertListedAsync(installation, replayed: 0, ("unknown_schema", valid + invalid));
        Assert.Equal(0, (await installation.CallAsync("quarantine", "show", events[3].Id)).ExitCode);

        config.WriteSchema();
        await WaitForRulesAsync(installation);
        var replayed = await ReplayAsync(installation, exitCode: 1);
        Assert.Contains($"{valid} events became good, 0 were good already, {invalid} are invalid still", replayed, StringComparison.Ordinal);
        var again = await ReplayAsync(installation, exitCode: 1);
        Assert.Contains($"0 events became good, {valid} were good already, {invalid} are invalid still", again, StringComparison.Ordinal);

        await installation.WaitUntilShippedAsync();
        await s3.DownloadAsync(installation.LakeFolder);
        AssertGoodOnce(installation, events[..valid]);
        await Verdict.AssertAuditAsync(installation, valid, valid + invalid);
    }

    [Fact]
    public async Task With_the_command_and_then_the_server_killed_it_goes_on_where_it_was()
    {
        const int objects = 4, eventsPerObject = 1_200;
        using var config = new ConfigFolder(hasSchemas: false);
        await using var installation = new Installation { Config = config.Path, Runtime = "node" };
        await installation.StartAsync();
        PlainEvent[] events = [.. Enumerable.Range(0, objects * eventsPerObject).Select(i => new PlainEvent($"late-{i}"))];
        foreach (var part in events.Chunk(eventsPerObject))
            await QuarantineAsync(installation, part);
        config.WriteSchema();
        await WaitForRulesAsync(installation);

        await using (var replay = installation.Start("quarantine", "replay"))
        {
            await Deadline.UntilAsync(
                () => Task.FromResult(Records(installation).FirstOrDefault()),
                Deadline.Delivery,
                () => $"no object was replayed. The command wrote:\n{replay.Output}");
            await replay.KillAsync();
        }

        var before = Records(installation).Count();
        Progress.Write($"Killed with {before} of {objects} objects replayed.");
        await using (var rest = installation.Start("quarantine", "replay"))
        {
            await Deadline.UntilAsync(
                () => Task.FromResult(Records(installation).Count() > before || rest.HasExited ? rest : null),
                Deadline.Delivery,
                () => $"no further object was replayed. The command wrote:\n{rest.Output}");
            // The server dies under it, and comes back with another admin key.
            await installation.KillAsync();
            await installation.StartAsync();
            Assert.True(await rest.WaitAsync(Deadline.Delivery) == 0, rest.Output);
        }

        Assert.True(Records(installation).Count() >= objects);
        await installation.WaitUntilShippedAsync();
        AssertGoodOnce(installation, events);
        await Verdict.AssertAuditAsync(installation, events.Length, events.Length);
    }

    [Fact]
    public async Task Without_the_admin_key_nothing_is_replayed()
    {
        await using var installation = new Installation { Runtime = "node" };
        await installation.StartAsync();
        using var http = new HttpClient();
        using var answer = await http.PostAsync(new Uri(installation.Url, "/admin/v1/replay?source=shop"), new StringContent("{}"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    private static async Task QuarantineAsync(Installation installation, IReadOnlyCollection<PlainEvent> events)
    {
        using var client = new PlainClient(installation.Url);
        Assert.Equal(new PlainAnswer(0, events.Count, 0), await client.PostAsync(events));
        await installation.WaitUntilShippedAsync();
    }

    private static async Task<string> ReplayAsync(Installation installation, int exitCode, params string[] options)
    {
        var result = await installation.CallAsync(["quarantine", "replay", .. options]);
        Assert.True(result.ExitCode == exitCode, result.Output);
        return result.Output;
    }

    /// <summary>Waits until the server judges by the schema that was put there.</summary>
    private static Task WaitForRulesAsync(Installation installation)
    {
        var last = "";
        return Deadline.UntilAsync(
            async () =>
            {
                last = (await installation.CallAsync("quarantine", "replay", "--dry-run")).Output;
                return last.Contains(": 0 events would become good", StringComparison.Ordinal) ? null : last;
            },
            Deadline.Delivery,
            () => $"the schema is not known to the server: {last}");
    }

    private static async Task AssertListedAsync(Installation installation, int replayed, params (string Reason, int Events)[] expected)
    {
        var list = await installation.CallAsync("quarantine", "list", "--json");
        Assert.True(list.ExitCode == 0, list.Output);
        var rows = list.Output.Split('\n').Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(rows, row => Assert.Equal("shop", row.GetProperty("source").GetString()));
        // More rows where the hour ended meanwhile.
        var found = rows.GroupBy(row => row.GetProperty("reason").GetString()!, row => row.GetProperty("events").GetInt32());
        Assert.Equal(expected.Order(), found.Select(row => (row.Key, row.Sum())).Order());
        Assert.Equal(replayed, rows.Sum(row => row.GetProperty("replayed").GetInt32()));
    }

    private static async Task AssertShownAsync(Installation installation, PlainEvent sent)
    {
        var shown = await installation.CallAsync("quarantine", "show", sent.Id);
        Assert.Equal(0, shown.ExitCode);
        Assert.Contains($"event     {sent.Id}\n", shown.Output, StringComparison.Ordinal);
        Assert.Contains("reason    unknown_schema: ", shown.Output, StringComparison.Ordinal);
        var line = await installation.CallAsync("quarantine", "show", sent.Id, "--source", "shop", "--json");
        Assert.Equal(sent.Text, JsonElement.Parse(line.Output).GetProperty("original").GetString());
        Assert.Equal(1, (await installation.CallAsync("quarantine", "show", "nobody")).ExitCode);
    }

    /// <summary>Each of them stands in the lake once as good, as it was sent and with its first receipt, and no other.</summary>
    private static void AssertGoodOnce(Installation installation, IReadOnlyCollection<PlainEvent> events)
    {
        var lines = LakeReader.Read(installation.LakeFolder);
        var good = lines.Where(line => line.Stream == "good").ToList();
        Assert.Equal(events.Select(e => (e.Id, e.Text)).Order(), good.Select(line => (line.EventId, line.Sent)).Order());
        var received = lines.Where(line => line.Stream == "quarantine").ToDictionary(line => line.EventId, line => line.ReceivedAt, StringComparer.Ordinal);
        Assert.All(good, line =>
        {
            Assert.True(line.IsReplayed);
            Assert.Equal(received[line.EventId], line.ReceivedAt);
        });
    }

    private static IEnumerable<string> Records(Installation installation)
    {
        var folder = Path.Combine(installation.LakeFolder, "replays");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json.gz", SearchOption.AllDirectories) : [];
    }
}
